-- Up Migration

-- The tickets that a change names: [{id, url}]; null when none were looked for.
alter table changes add column tickets jsonb;

-- How far the change management of a service has heard of its deployments.
create table change_tickets (
  service text primary key references services,
  -- The last line of the ledger that was accepted, or that is no news; those before it are never sent again.
  told bigint not null,
  -- Nothing is sent before: a line is being sent, or the receiver gets a rest.
  rest_until timestamptz not null default now(),
  -- How often in a row it has not accepted the next line.
  failures integer not null default 0,
  -- The SHA-256 of its address, which may hold a secret.
  address text not null,
  -- Since when a replica has a config in which it has no receiver; others may still have one.
  left_at timestamptz
);

-- What it is told is read in order, however long the ledger is. `seq + 0` is an order that the primary key does not offer:
-- by that, the planner would look for a service without news through all lines of the others.
create index ledger_of_outcomes on ledger (service, (seq + 0)) where kind in (
  'requested', 'break glass', 'approved', 'live', 'failed', 'rejected', 'withdrawn', 'expired', 'cancelled', 'lost', 'given up');
