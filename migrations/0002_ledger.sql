-- Up Migration

create table ledger (
  seq bigint primary key,
  at timestamptz not null,
  actor text not null,
  kind text not null,
  service text,
  sha text,
  deployment_id bigint,
  reason text,
  detail jsonb not null default '{}',
  previous_hash text not null,
  hash text not null
);
create index ledger_of_sha on ledger (service, sha, seq);
create index ledger_of_deployment on ledger (deployment_id, seq) where deployment_id is not null;

-- One field of a row as text that cannot run into its neighbour: its length in bytes, a colon, its value.
create function ledger_field(value text) returns text language sql immutable as $$
  select case when value is null then '-' else octet_length(convert_to(value, 'UTF8')) || ':' || value end
$$;

-- The text whose SHA-256 is a row's hash.
create function ledger_text(l ledger) returns text language sql stable as $$
  select ledger_field(l.seq::text)
    || ledger_field(to_char(l.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))
    || ledger_field(l.actor) || ledger_field(l.kind) || ledger_field(l.service) || ledger_field(l.sha)
    || ledger_field(l.deployment_id::text) || ledger_field(l.reason) || ledger_field(l.detail::text)
    || ledger_field(l.previous_hash)
$$;

-- Rows are numbered and chained here, under one lock that lasts until commit: no gap, no fork, whoever writes.
create function chain_ledger() returns trigger language plpgsql as $$
declare
  last_seq bigint;
  last_hash text;
begin
  perform pg_advisory_xact_lock(hashtext('pushbutton ledger'));
  select seq, hash into last_seq, last_hash from ledger order by seq desc limit 1;
  new.seq := coalesce(last_seq, 0) + 1;
  new.at := clock_timestamp();
  new.previous_hash := coalesce(last_hash, repeat('0', 64));
  new.hash := encode(sha256(convert_to(ledger_text(new), 'UTF8')), 'hex');
  return new;
end $$;
create trigger chain_ledger before insert on ledger for each row execute function chain_ledger();

create function refuse_ledger_change() returns trigger language plpgsql as $$
begin
  raise exception 'the ledger is append-only' using errcode = 'insufficient_privilege';
end $$;
create trigger ledger_is_append_only before update or delete on ledger
  for each row execute function refuse_ledger_change();
create trigger ledger_is_never_truncated before truncate on ledger
  for each statement execute function refuse_ledger_change();
alter table ledger enable always trigger chain_ledger;
alter table ledger enable always trigger ledger_is_append_only;
alter table ledger enable always trigger ledger_is_never_truncated;
