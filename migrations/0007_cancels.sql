-- Up Migration

-- Since when a run is to be cancelled, and when the operators were told that GitHub does not do it.
alter table deployments add column cancel_asked_at timestamptz, add column cancel_told_at timestamptz;
