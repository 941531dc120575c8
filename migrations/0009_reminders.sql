-- Up Migration

-- When those who may approve are reminded; empty once they were. Kept with the request, so that a changed `expires`
-- moves neither the reminder nor the end of what waits already. `reminded_at` is still written by replicas of before.
alter table deployments add column remind_at timestamptz;
update deployments set remind_at = requested_at + (expires_at - requested_at) / 2
  where status = 'waiting' and reminded_at is null;
