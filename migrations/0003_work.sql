-- Up Migration

-- Everything that was taken in, before it is answered. A row is its own job: claimed under a lease.
create table inbox (
  id bigint generated always as identity primary key,
  key text not null,
  command jsonb not null,
  reply jsonb,
  received_at timestamptz not null default now(),
  due_at timestamptz not null default now(),
  attempts integer not null default 0,
  handled_at timestamptz,
  outcome jsonb,
  constraint one_inbox_row_per_key unique (key)
);
create index inbox_due on inbox (due_at) where handled_at is null;
create index inbox_handled on inbox (handled_at) where handled_at is not null;

-- The one message of a change. A twin is a second message of the same change that a lost answer left behind.
create table cards (
  change_id bigint primary key references changes,
  service text not null references services,
  channel text not null,
  ts text,
  posting_since timestamptz,
  drawn text,
  drawn_at timestamptz,
  burst integer not null default 0,
  dirty_at timestamptz,
  due_at timestamptz not null default now(),
  open boolean not null default true,
  fault text
);
create index cards_dirty on cards (channel, change_id desc) where dirty_at is not null;
create index cards_open on cards (service) where open;

create table card_twins (
  channel text not null,
  ts text not null,
  change_id bigint not null references changes,
  drawn text,
  primary key (channel, ts)
);
create index card_twins_of_change on card_twins (change_id);

create table digests (
  channel text not null,
  slot timestamptz not null,
  posting_since timestamptz,
  ts text,
  posted_at timestamptz,
  constraint one_digest_per_channel_and_slot primary key (channel, slot)
);

create index digests_to_post on digests (slot) where ts is null;

-- One message a second and channel, and one replica at a time that draws there.
create table channel_slots (
  channel text primary key,
  next_at timestamptz not null default now(),
  drawn_by text,
  drawn_until timestamptz
);

-- While Slack takes no calls: one try at a time, over all replicas.
create table slack_outage (
  one boolean primary key default true check (one),
  since timestamptz,
  next_try_at timestamptz not null default now()
);
insert into slack_outage default values;

create table replicas (
  id text primary key,
  seen_at timestamptz not null default now()
);

-- Who polls what next: a row is claimed by moving its time.
create table turns (
  name text primary key,
  next_at timestamptz not null
);

-- Since when a channel has digests at the times of a cron: none is made up for from before.
create table digest_times (
  channel text not null,
  cron text not null,
  since timestamptz not null default now(),
  primary key (channel, cron)
);

-- Faults that stop no other work, each told by its name in readiness.
create table faults (
  name text primary key,
  fault text not null,
  since timestamptz not null default now()
);
