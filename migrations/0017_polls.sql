-- Up Migration

-- When each repository is polled next, and whether its webhooks arrive. The row `*` is about all of them together: when any
-- webhook was heard, and since when none was though there was news.
create table repository_polls (
  -- In lower case, since GitHub ignores case.
  repository text primary key,
  next_at timestamptz not null default now(),
  -- The newest webhook about a run that was accepted, to the minute.
  heard_at timestamptz,
  -- Only what is heard after this proves that webhooks arrive.
  doubted_until timestamptz not null default '-infinity',
  -- When its list of runs was read completely, and the oldest run that had not ended by then.
  read_at timestamptz,
  unfinished_since timestamptz,
  -- When that list was compared with the lists of each workflow.
  compared_at timestamptz
);
insert into repository_polls (repository, next_at) values ('*', 'infinity');
