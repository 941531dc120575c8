-- Up Migration

-- Since when GitHub has said that the run of a deployment does not exist, and how often it has said so in a row; and why
-- what a break-glass deployment ships could not be counted.
alter table deployments
  add column missing_since timestamptz,
  add column missing_reads smallint not null default 0,
  add column uncounted text;

-- Why GitHub will not run the staging run of a change again, in its words; null while it may.
alter table changes add column rerun_refused text;
