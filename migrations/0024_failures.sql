-- Up Migration

-- Why a run failed, as the thread of its card says it, once for each failed attempt. What it says is here only until it is posted.
create table failures (
  change_id bigint not null references changes on delete cascade,
  run_id bigint not null,
  attempt integer not null,
  -- Null: the run was one of staging.
  deployment_id bigint references deployments on delete cascade,
  found_at timestamptz not null default clock_timestamp(),
  -- Null until it was read.
  why jsonb,
  ts text,
  posting_since timestamptz,
  -- When it was posted, or there was nothing to say.
  ended_at timestamptz,
  -- The author of the change was called because of it.
  called boolean not null default false,
  primary key (change_id, run_id, attempt)
);
create index failures_untold on failures (found_at) where ended_at is null;
create index failures_ended on failures (ended_at) where ended_at is not null;
create index failures_by_deployment on failures (deployment_id) where deployment_id is not null;
