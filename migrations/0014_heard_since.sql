-- Up Migration

-- Since when a replica's worker has reported without a gap: only then can it tell who else is dead.
alter table replicas add column heard_since timestamptz not null default now();
