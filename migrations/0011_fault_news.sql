-- Up Migration

-- Whether people of other organisations are in a channel: what is shown there has no Deploy.
create table channels (
  channel text primary key,
  shared boolean not null,
  looked_at timestamptz not null
);

-- Faults that last, each told to the operators once. One that is gone for ten minutes is forgotten.
create table fault_news (
  name text primary key,
  fault text not null,
  since timestamptz not null,
  seen_at timestamptz not null,
  told_at timestamptz
);
