-- Up Migration

-- Since when GitHub has said that the run of a deployment does not exist, and how often it has said so in a row; and why
-- what a break-glass deployment ships could not be counted.
alter table deployments
  add column missing_since timestamptz,
  add column missing_reads smallint not null default 0,
  add column uncounted text;
