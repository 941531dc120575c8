-- Up Migration

-- Whose Home tab is kept up to date: a row for each person who opened it a short while ago. Few rows, and none that matters.
create table home_viewers (
  slack_user_id text primary key,
  page integer not null,
  -- Until when it is kept up to date.
  until timestamptz not null,
  -- Whether something may have changed since it was drawn.
  stale boolean not null default false,
  -- Slack's hash of the view that is there, and a digest of what it shows.
  hash text,
  drawn text,
  looked_at timestamptz not null default now()
);

-- The newest changes that somebody wrote, whose pull requests they opened, or that they asked to deploy.
create index changes_by_author on changes (lower(author), seen_at desc);
create index changes_by_opener on changes (lower(pull_request->>'author'), seen_at desc) where pull_request is not null;
create index deployments_by_requester on deployments (requested_by, requested_at desc);
