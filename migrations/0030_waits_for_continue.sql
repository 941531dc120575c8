-- Up Migration

-- Since when a stage whose bake is over waits for Continue, and when the operators were told that it still does.
alter table stages add column waits_since timestamptz, add column told_at timestamptz;

-- Change management also hears that a deployment was stopped between two stages. What an earlier version asks for is part of it.
drop index ledger_of_outcomes;
create index ledger_of_outcomes on ledger (service, (seq + 0)) where kind in (
  'requested', 'break glass', 'approved', 'live', 'failed', 'rejected', 'withdrawn', 'expired', 'cancelled', 'lost', 'given up',
  'stopped');
