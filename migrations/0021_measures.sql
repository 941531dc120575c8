-- Up Migration

-- When the commit was made, by its committer date; empty where GitHub has not said it.
alter table changes add column committed_at timestamptz;

-- What the measures of a digest are counted from. `run_id` is empty where GitHub refused the start, so that nothing ran.
create index deployments_live on deployments (service, ended_at, id) include (kind, sha, run_number) where status = 'live';
create index deployments_failed on deployments (service, ended_at, id) include (kind, run_id) where status = 'failed';
-- How long approvals were waited for.
create index deployments_approved on deployments (service, queued_at) include (requested_at, status, override_reason)
  where required > 0;

-- Slack has refused its charts, and it is sent again without them.
alter table digests add column words_alone boolean not null default false;

-- As `digests`, at the times of another cron: both may be due in a channel at the same moment.
create table weekly_digests (
  channel text not null,
  slot timestamptz not null,
  posting_since timestamptz,
  ts text,
  posted_at timestamptz,
  claimed_until timestamptz,
  words_alone boolean not null default false,
  constraint one_weekly_digest_per_channel_and_slot primary key (channel, slot)
);
create index weekly_digests_to_post on weekly_digests (slot) where ts is null;
