-- Up Migration

-- Who posts a digest holds it for a while: two that try at once would post it twice.
alter table digests add column claimed_until timestamptz;
