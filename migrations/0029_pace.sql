-- Up Migration

alter table deployments
  -- Requested for this time: it is not sent before.
  add column start_at timestamptz,
  -- When it was noticed that this time had come.
  add column came_at timestamptz,
  -- A replica of an earlier version knows nothing of such times.
  add constraint not_sent_before_its_time check (sent_at is null or start_at is null or sent_at >= start_at);

-- The time that was named when the person was asked to confirm so many changes.
alter table confirmations add column start_at timestamptz;
