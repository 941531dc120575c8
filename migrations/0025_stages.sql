-- Up Migration

-- The stages of production that a deployment walks through, as the config had them when its first stage was started. A service
-- without stages has no rows here. The run of the current stage is in `deployments`; what it left behind is here.
create table stages (
  deployment_id bigint not null references deployments,
  place smallint not null check (place between 1 and 10),
  -- What Continue and Stop here apply to.
  key uuid not null default gen_random_uuid() unique,
  service text not null references services,
  name text not null,
  -- {"workflow", "inputs", "bakeMs", "next", "checks"}
  plan jsonb not null,
  status text not null check (status in ('waits', 'skipped', 'running', 'baking', 'passed', 'failed')),
  deploy_id text unique,
  run_id bigint,
  run_url text,
  run_attempt integer,
  run_started_at timestamptz,
  -- When its start was decided, when its run ended well, and until when the deployment stays in it.
  started_at timestamptz,
  ran_at timestamptz,
  bake_until timestamptz,
  continued_by text,
  -- Where its HTTP checks stand, in the order of the plan.
  checks jsonb not null default '[]',
  ended_at timestamptz,
  reason text,
  -- The run of its check workflow, by an id of its own; null where it has none.
  check_id text unique,
  check_status text check (check_status in ('due', 'sent', 'running', 'passed', 'failed', 'over')),
  check_sent_at timestamptz,
  -- For how many seconds GitHub has answered that it has no such run.
  check_missed double precision not null default 0,
  check_looked_at timestamptz,
  check_run_id bigint,
  check_run_url text,
  check_run_at timestamptz,
  primary key (deployment_id, place),
  constraint a_check_runs_by_its_id check ((check_id is null) = (check_status is null)),
  -- One that waits has an id if GitHub's limit put it back: it is sent again by the same.
  constraint a_stage_runs_by_its_id check (status in ('waits', 'skipped') or deploy_id is not null)
);
create unique index one_stage_at_a_time on stages (deployment_id) where status in ('running', 'baking');
create index stages_checked_by_a_run on stages (deployment_id) where check_status in ('due', 'sent', 'running');
create unique index one_stage_per_run on stages (service, run_id) where run_id is not null;

-- What each stage of a service runs: the deployment that passed it last, and the one that reached it last.
create table stages_now (
  service text not null references services,
  stage text not null,
  reached_id bigint not null references deployments,
  passed_id bigint references deployments,
  passed_at timestamptz,
  primary key (service, stage)
);

-- The stage that a deployment is in, or ended in; null without stages.
alter table deployments add column stage text;

-- `baking`: between the run of a stage and what comes next. `stopped`: ended between two stages.
alter table deployments drop constraint deployments_status_check;
alter table deployments add constraint deployments_status_check check (status in (
  'waiting', 'queued', 'dispatching', 'unknown', 'deploying', 'hung', 'baking',
  'live', 'failed', 'rejected', 'withdrawn', 'expired', 'cancelled', 'lost', 'stopped'));
drop index one_active_deployment_per_service;
create unique index one_active_deployment_per_service on deployments (service)
  where status in ('dispatching', 'unknown', 'deploying', 'hung', 'baking');
drop index one_deployment_under_way_per_sha;
create unique index one_deployment_under_way_per_sha on deployments (service, sha)
  where status in ('waiting', 'queued', 'dispatching', 'unknown', 'deploying', 'hung', 'baking');
drop index deployments_under_way;
create index deployments_under_way on deployments (service, id)
  where status in ('waiting', 'queued', 'dispatching', 'unknown', 'deploying', 'hung', 'baking');

create or replace function keep_ended_status() returns trigger language plpgsql as $$
begin
  if old.status in ('live', 'failed', 'rejected', 'withdrawn', 'expired', 'cancelled', 'stopped')
     and new.status <> old.status then
    raise exception 'deployment % ended as %', old.id, old.status using constraint = 'ended_status_is_final';
  end if;
  -- A replica of an earlier version knows no stages, and would take the end of the first one for the end of all.
  if new.status = 'live' and new.stage is not null and exists (
    select from stages where deployment_id = new.id and status not in ('passed', 'skipped')) then
    raise exception 'deployment % has stages that it has not passed', old.id using constraint = 'live_in_all_stages';
  end if;
  return new;
end $$;

-- After a roll back by itself that did not go live, everything waits for a person.
alter table services drop constraint services_paused_why_check;
alter table services add constraint services_paused_why_check
  check (paused_why in ('failed', 'cancelled', 'lost', 'rolled back', 'roll back failed'));
