-- Up Migration

-- Gates of a service, and its continuous deployment's pause. `moves` counts how often production moved otherwise than forward
-- by Deploy: by a roll back, or from outside. What was approved before such a move is not what would ship after it.
alter table services
  add column lock_by text,
  add column lock_reason text,
  add column lock_since timestamptz,
  add column lock_until timestamptz,
  add column lock_nudged_at timestamptz,
  add column paused_by text,
  add column paused_why text check (paused_why in ('failed', 'cancelled', 'lost', 'rolled back')),
  add column paused_since timestamptz,
  add column paused_deployment_id bigint references deployments,
  add column resumed_at timestamptz,
  add column moves integer not null default 0,
  -- The gates that its cards were last drawn with: when time opens or shuts one, they are drawn again.
  add column gates_drawn text,
  add constraint lock_is_whole check ((lock_by is null) = (lock_reason is null) and (lock_by is null) = (lock_since is null)),
  add constraint pause_is_whole check ((paused_by is null) = (paused_why is null) and (paused_by is null) = (paused_since is null));

-- Everything is stopped while the one row says by whom. Whoever decides about a service holds it for share.
create table stop (
  one boolean primary key default true check (one),
  stopped_by text,
  reason text,
  since timestamptz,
  constraint stop_is_whole check ((stopped_by is null) = (reason is null) and (stopped_by is null) = (since is null))
);
insert into stop default values;

alter table changes
  -- Since when it is known to have passed staging.
  add column passed_at timestamptz,
  -- Held: with a reason it was marked bad, without one it only does not deploy itself.
  add column hold_by text,
  add column hold_reason text,
  add column held_at timestamptz,
  -- The roll back that took it out of production.
  add column undone_by bigint references deployments,
  add constraint hold_is_whole check ((hold_by is null) = (held_at is null) and (hold_by is not null or hold_reason is null));
update changes set passed_at = coalesce(staging_finished_at, seen_at) where staging_status = 'passed';

alter table deployments
  -- How many people besides the requester its rule asked for.
  add column required integer not null default 0,
  -- Who has approved what would ship now: [{"user", "at"}]. The table approvals keeps every decision.
  add column approved_by jsonb not null default '[]',
  -- The set that is approved: the commits from counted_from, and the service's moves when they were counted.
  add column counted_from text,
  add column counted_moves integer,
  add column counted_shas jsonb,
  add column voided text,
  add column expires_at timestamptz,
  add column reminded_at timestamptz,
  -- Break glass: why, and who signed it off afterwards.
  add column override_reason text,
  add column signed_off_by text,
  add column signed_off_at timestamptz,
  -- Since when it has its place in the queue.
  add column queued_at timestamptz not null default clock_timestamp(),
  -- So many changes a person has confirmed to ship at once.
  add column confirmed_changes integer,
  -- The gate that it waited for: {"gate", "by", "reason"}, from when until when.
  add column gate jsonb,
  add column gate_since timestamptz,
  add column gate_until timestamptz,
  add column ended_by text;
create index deployments_waiting on deployments (expires_at) where status = 'waiting';
create index deployments_to_sign_off on deployments (service, id) where override_reason is not null and signed_off_by is null;

create index changes_undone on changes (service) where undone_by is not null;

-- How many changes a person was asked to confirm at once.
create table confirmations (
  change_id bigint not null references changes,
  slack_user_id text not null,
  changes integer not null,
  asked_at timestamptz not null default now(),
  primary key (change_id, slack_user_id)
);

-- Break-glass deployments told of in their channel: one message each.
create table announcements (
  deployment_id bigint primary key references deployments,
  channel text not null,
  ts text,
  posting_since timestamptz,
  drawn text
);

-- Who wrote a commit, its pull request's author among them: it never changes, so an answer is kept for good.
create table commit_authors (
  repository text not null,
  sha text not null,
  authors jsonb not null,
  primary key (repository, sha)
);
