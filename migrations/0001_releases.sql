-- Up Migration

-- What a team releases. One row a service of the config; every decision about a service holds its row lock.
create table services (
  name text primary key,
  watched_since timestamptz not null default now(),
  live_deployment_id bigint,
  live_since timestamptz,
  -- The end of the run that made it live, by GitHub's clock: other runs are compared with that.
  live_as_of timestamptz,
  -- The newest production run outside Pushbutton since then: while set, the live SHA is unknown.
  outside_run_id bigint,
  outside_since timestamptz
);

create table changes (
  id bigint generated always as identity primary key,
  key uuid not null default gen_random_uuid() unique,
  service text not null references services,
  sha text not null check (sha ~ '^[0-9a-f]{40}$'),
  run_number bigint not null,
  staging_status text not null check (staging_status in ('running', 'passed', 'failed')),
  staging_run_id bigint not null,
  staging_attempt integer not null,
  staging_conclusion text,
  staging_url text not null,
  staging_started_at timestamptz not null,
  staging_finished_at timestamptz,
  rerun_attempt integer,
  rerun_by text,
  rerun_sent_at timestamptz,
  title text not null,
  author text not null,
  pull_request jsonb,
  staging_jobs jsonb,
  tests jsonb,
  -- What its card shows beside the result is still to be read.
  to_describe boolean not null default false,
  seen_at timestamptz not null default now(),
  constraint one_card_per_change unique (service, sha)
);
create index changes_in_order on changes (service, run_number desc);
create index changes_passed on changes (service, run_number desc) where staging_status = 'passed';
create index changes_to_describe on changes (id) where to_describe;
create index changes_rerun_asked on changes (id) where rerun_attempt is not null;
create index changes_by_prefix on changes (service, sha text_pattern_ops);

create table deployments (
  id bigint generated always as identity primary key,
  key uuid not null default gen_random_uuid() unique,
  deploy_id text not null unique,
  service text not null references services,
  change_id bigint not null references changes,
  sha text not null,
  kind text not null check (kind in ('deploy', 'retry', 'roll back')),
  status text not null check (status in (
    'waiting', 'queued', 'dispatching', 'unknown', 'deploying', 'hung',
    'live', 'failed', 'rejected', 'withdrawn', 'expired', 'cancelled', 'lost')),
  requested_by text not null,
  requested_at timestamptz not null default now(),
  -- A roll back restores an earlier deployment; the card that it was pressed on shows it too.
  restores bigint references deployments,
  pressed_on bigint references changes,
  -- What was live when this one went live: where a roll back of it leads.
  replaced bigint references deployments,
  -- queued: not before this time, and why it waits.
  not_before timestamptz,
  waits_for text,
  waits_since timestamptz,
  dispatching_at timestamptz,
  -- Set and committed before the request leaves; a request is never sent when it is set already.
  sent_at timestamptz,
  looked_at timestamptz,
  answered_seconds double precision not null default 0,
  -- unknown for so long that the operators were told.
  told_at timestamptz,
  run_id bigint,
  run_url text,
  run_attempt integer,
  run_started_at timestamptz,
  jobs jsonb,
  hung_at timestamptz,
  cancel_by text,
  ended_at timestamptz,
  reason text
);
create unique index one_active_deployment_per_service on deployments (service)
  where status in ('dispatching', 'unknown', 'deploying', 'hung');
create unique index one_deployment_under_way_per_sha on deployments (service, sha)
  where status in ('waiting', 'queued', 'dispatching', 'unknown', 'deploying', 'hung');
create unique index one_deployment_per_run on deployments (service, run_id) where run_id is not null;
create index deployments_under_way on deployments (service, id)
  where status in ('waiting', 'queued', 'dispatching', 'unknown', 'deploying', 'hung');
create index deployments_history on deployments (service, id desc);
create index deployments_of_change on deployments (change_id, id desc);
create index deployments_pressed_on on deployments (pressed_on, id desc) where pressed_on is not null;
create index deployments_sent on deployments (service, sent_at desc) where sent_at is not null;
create index deployments_lost on deployments (ended_at) where status = 'lost';
create index deployments_ended on deployments (service, ended_at desc) where ended_at is not null;
alter table services add foreign key (live_deployment_id) references deployments;

-- A named end is final; only a run that is found after all reopens `lost`.
create function keep_ended_status() returns trigger language plpgsql as $$
begin
  if old.status in ('live', 'failed', 'rejected', 'withdrawn', 'expired', 'cancelled')
     and new.status <> old.status then
    raise exception 'deployment % ended as %', old.id, old.status using constraint = 'ended_status_is_final';
  end if;
  return new;
end $$;
create trigger ended_status_is_final before update of status on deployments
  for each row execute function keep_ended_status();

create table approvals (
  id bigint generated always as identity primary key,
  deployment_id bigint not null references deployments,
  slack_user_id text not null,
  decision text not null check (decision in ('requested', 'approved', 'rejected', 'withdrawn')),
  reason text,
  decided_at timestamptz not null default now()
);
create index approvals_of_deployment on approvals (deployment_id, id);

-- Production runs that Pushbutton did not start, and re-runs of its own made in GitHub.
create table outside_runs (
  service text not null references services,
  run_id bigint not null,
  attempt integer not null,
  deployment_id bigint references deployments,
  status text not null,
  conclusion text,
  url text not null,
  actor text not null,
  started_at timestamptz not null,
  seen_at timestamptz not null default now(),
  primary key (service, run_id, attempt)
);
create index outside_runs_newest on outside_runs (service, started_at desc);
create index outside_runs_of_deployment on outside_runs (deployment_id, attempt desc) where deployment_id is not null;

-- What lies between two commits never changes, so an answer is kept for good.
create table comparisons (
  repository text not null,
  base text not null,
  head text not null,
  status text not null check (status in ('identical', 'ahead', 'behind', 'diverged')),
  ahead_by integer not null,
  commits jsonb not null,
  primary key (repository, base, head)
);

create table people (
  slack_user_id text primary key,
  name text not null,
  seen_at timestamptz not null default now()
);
