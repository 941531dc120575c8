-- Up Migration

-- What people did, which has somebody to be answered, is claimed before what GitHub tells.
create index inbox_presses_first on inbox ((reply is null), due_at) where handled_at is null;
drop index inbox_due;
