-- Up Migration

-- The spans that work continues when it is taken up later, perhaps by another replica, as W3C traceparents. Empty while no
-- traces are made.
alter table inbox add column trace text;
-- Where it was asked for.
alter table deployments add column trace text;
-- What the next drawing shows, the oldest first.
alter table cards add column traces text[];
