-- Up Migration

-- What the thread of a card has told of its deployments: the lines of the ledger up to told_seq.
create table threads (
  change_id bigint primary key references changes on delete cascade,
  told_seq bigint not null,
  -- A message that may be on its way, and the last line that it tells.
  posting_since timestamptz,
  posting_seq bigint
);
-- What was decided before this version is not told.
do $$ begin
  execute format('alter table threads alter column told_seq set default %s', (select coalesce(max(seq), 0) from ledger));
end $$;
