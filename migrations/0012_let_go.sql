-- Up Migration

-- When a held change was let go: its hold is counted anew from then.
alter table changes add column let_go_at timestamptz;
