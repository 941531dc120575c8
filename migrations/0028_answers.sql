-- Up Migration

alter table deployments
  -- What was answered when it was requested, and the checks that were ticked. Null: nothing was asked.
  add column answered jsonb;

alter table confirmations
  -- What the person had answered who is asked to confirm a number of changes. Null: nothing.
  add column answers jsonb;
