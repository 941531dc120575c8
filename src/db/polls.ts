/** When each repository is polled, over all replicas, and what proves that its webhooks arrive. */

import type { Queryable } from './pool.js';

/** A repository to look at now, in lower case. */
export interface Claimed {
  readonly repository: string;
  /** The database's time of the claim. */
  readonly at: Date;
  /** Whether its webhooks are proven to arrive, and nothing is wrong with it. */
  readonly proven: boolean;
  /** Whether there is a fault of the repository, which a good answer mends. */
  readonly faulty: boolean;
  /** Runs that were created before this have not changed since the last look. */
  readonly backTo: Date;
  /** When its list of runs was compared with those of its workflows, and whether that is long ago. */
  readonly comparedAt: Date | null;
  readonly compare: boolean;
}

/** How a look at a repository ended. */
export interface Looked {
  readonly repository: string;
  /** The time of its claim. */
  readonly at: Date;
  /** When the oldest run that has not ended was created; null when all have. */
  readonly unfinishedSince: Date | null;
  readonly compared: boolean;
  /** Whether its list of runs was read as far back as there may be news; else its workflows' lists are read next. */
  readonly reached: boolean;
  /** How much longer than usual its next pause is; 1 is as usual. */
  readonly stretch: number;
}

/** What all statements about polling depend on. `repositories`: those of the config, in lower case, sorted. */
export interface Pace {
  readonly repositories: readonly string[];
  readonly webhooks: boolean;
  /** The pause of `github.poll`, for repositories whose webhooks are not proven. */
  readonly everyMs: number;
  /** The pauses of repositories whose webhooks are proven: of those that are active, and of the others. */
  readonly activeMs: number;
  readonly quietMs: number;
  /** After which lists are compared, of a repository whose webhooks are proven. */
  readonly compareMs: number;
}

/** How many repositories are active: those heard last. */
const MOST_ACTIVE = 30;
/** Its multiples lie evenly between whole numbers, however many there are, and so do those of neighbours alone. */
const GOLDEN = 0.618034;
/** A moment that comes within this part of the pause is left out, so that a pause may be longer by it. */
const LEFT_OUT = 0.02;
/** A repository's webhooks are noted at most once in so long. */
const NOTED_EVERY_MS = 60_000;
/** Repositories that are polled closely are asked for at most 300 lists a minute together. */
const GAP_MS = 200;
/** At a start, every repository is read: ten a second. */
const START_GAP_MS = 100;
/** GitHub's clock and lists may be behind. */
const OVERLAP_MS = 5 * 60_000;
/** A job of GitHub's ends after six hours. */
export const MOST_BACK_MS = 6 * 3_600_000;
/** News that GitHub has had for so long should have come by webhook. */
const LATE_MS = 2 * 60_000;
/** So long after webhooks were missed, what is heard proves nothing. */
const DOUBT_MS = 10 * 60_000;

const FAULTY = "exists (select from faults where lower(name) like 'repository ' || p.repository || ',%')";
/** $1: whether there are webhooks. */
const PROVEN = `($1 and coalesce(p.heard_at > p.doubted_until, false) and not ${FAULTY}
  and (select coalesce(heard_at > doubted_until, false) from repository_polls where repository = '*'))`;

/**
 * Adds the repositories that are new. All are due within some seconds, spread evenly: webhooks may have been lost. Without
 * webhooks, what was heard once proves nothing any more.
 */
export async function schedulePolls(db: Queryable, { repositories, webhooks }: Pace): Promise<void> {
  if (!webhooks) await db.query('update repository_polls set heard_at = null where heard_at is not null');
  await db.query(
    `insert into repository_polls (repository, next_at)
     select name, clock_timestamp() + (place - 1) * $2 * interval '1 ms' from unnest($1::text[]) with ordinality as of (name, place)
     on conflict (repository) do update set next_at = least(repository_polls.next_at, excluded.next_at)`,
    [repositories, START_GAP_MS],
  );
}

/** Claims up to `most` repositories that are due, for this replica alone. If it dies, they are due after `everyMs`. */
export async function claimPolls(
  db: Queryable,
  pace: Pace,
  paused: readonly string[],
  most: number,
): Promise<Claimed[]> {
  const { rows } = await db.query<Claimed>({
    name: 'claim-polls',
    text: `with due as (
       select repository from repository_polls
       where next_at <= clock_timestamp() and repository = any($2) and repository <> all($3)
       order by next_at limit $4 for update skip locked)
     update repository_polls p set next_at = clock_timestamp() + $5 * interval '1 ms'
     from due where p.repository = due.repository
     returning p.repository, clock_timestamp() as at, ${PROVEN} as proven, ${FAULTY} as faulty,
       greatest(least(p.read_at, p.unfinished_since) - $6 * interval '1 ms',
         clock_timestamp() - $7 * interval '1 ms') as "backTo", p.compared_at as "comparedAt",
       coalesce(p.compared_at < clock_timestamp() - $8 * interval '1 ms', true) as compare`,
    values: [pace.webhooks, pace.repositories, paused, most, pace.everyMs, OVERLAP_MS, MOST_BACK_MS, pace.compareMs],
  });
  return rows;
}

/**
 * Notes what was read, and when it is read next: each repository has its own moment in the pause that it shares with
 * others, so that calls are spread evenly.
 */
export async function settlePolls(db: Queryable, pace: Pace, looked: readonly Looked[]): Promise<void> {
  await db.query({
    name: 'settle-polls',
    text: `with standing as (
       select p.repository, p.heard_at, ${PROVEN} as proven,
         ((place - 1) * $14::numeric % 1)::float8 as share
       from unnest($2::text[]) with ordinality as of (name, place) join repository_polls p on p.repository = name
     ), paused as (
       select repository, share, case
         when not proven then greatest($3::float8, $4::float8 * count(*) over (partition by proven))
         when row_number() over (partition by proven order by heard_at desc) <= $5 then $6::float8
         else $7::float8 end / 1000 as seconds
       from standing
     ), looked as (
       select paused.repository, share, seconds * stretch as seconds, at, unfinished, compared, reached
       from unnest($8::text[], $9::timestamptz[], $10::timestamptz[], $11::boolean[], $12::float8[], $15::boolean[])
         as of (repository, at, unfinished, compared, stretch, reached) join paused using (repository)
     )
     update repository_polls p set read_at = at,
       unfinished_since = case when reached or compared then unfinished else least(unfinished_since, unfinished) end,
       compared_at = case when compared then at when reached then compared_at end,
       next_at = case when reached or compared then to_timestamp(
           seconds * (floor(extract(epoch from clock_timestamp())::float8 / seconds + $13 - share) + 1 + share))
         else least(next_at, clock_timestamp() + $3 * interval '1 ms') end
     from looked where looked.repository = p.repository`,
    values: [
      pace.webhooks,
      pace.repositories,
      pace.everyMs,
      GAP_MS,
      MOST_ACTIVE,
      pace.activeMs,
      pace.quietMs,
      looked.map((one) => one.repository),
      looked.map((one) => one.at),
      looked.map((one) => one.unfinishedSince),
      looked.map((one) => one.compared),
      looked.map((one) => one.stretch),
      LEFT_OUT,
      GOLDEN,
      looked.map((one) => one.reached),
    ],
  });
}

/**
 * Webhooks of these repositories were accepted, so many ms ago. Repositories that wake up are polled more often at once,
 * unless many are awake.
 */
export async function noteHeard(
  db: Queryable,
  pace: Pace,
  heard: readonly { readonly repository: string; readonly agoMs: number }[],
): Promise<void> {
  await db.query({
    name: 'note-heard',
    text: `with heard as (
       select name, clock_timestamp() - ago * interval '1 ms' as at from unnest($1::text[], $2::float8[]) as of (name, ago)
       union all select '*', clock_timestamp() - min(ago) * interval '1 ms' from unnest($2::float8[]) as of (ago)
     ), awake as (
       select count(*) as many from repository_polls where heard_at > clock_timestamp() - $3::float8 * interval '1 ms'
     )
     update repository_polls p set heard_at = greatest(heard_at, heard.at),
       next_at = case when many >= $4 then next_at
         else least(next_at, clock_timestamp() + $3::float8 * interval '1 ms') end
     from heard, awake where p.repository = heard.name
       and (heard_at is null or heard_at <= doubted_until or heard_at < heard.at - $5 * interval '1 ms')`,
    values: [
      heard.map((one) => one.repository),
      heard.map((one) => one.agoMs),
      pace.activeMs,
      MOST_ACTIVE,
      NOTED_EVERY_MS,
    ],
  });
}

/** Webhooks of these repositories could not be saved: they are due, and polled closely until the next arrives. */
export async function noteLost(db: Queryable, repositories: readonly string[]): Promise<void> {
  await db.query(
    `update repository_polls set doubted_until = greatest(doubted_until, clock_timestamp()),
       next_at = least(next_at, clock_timestamp()) where repository = any($1)`,
    [repositories],
  );
}

/**
 * The poll found news of a repository that GitHub had had since `updatedAt` (ISO 8601) and no webhook told. The repository
 * is polled closely until its webhooks are proven anew: by the next, or, when this one was late, by one after a while. If
 * nothing was heard of any repository since then, webhooks have fallen silent: all are polled closely until one comes.
 * Returns whether these webhooks had been proven until now.
 */
export async function doubtWebhooks(
  db: Queryable,
  pace: Pace,
  repository: string,
  updatedAt: string,
): Promise<boolean> {
  const { rows } = await db.query<{ proven: boolean }>({
    name: 'doubt-webhooks',
    text: `with late as (
       select clock_timestamp() - $3::timestamptz > $4 * interval '1 ms' as late
     ), silent as (
       select late and not exists (select from repository_polls where heard_at > $3::timestamptz)
         and (select coalesce(heard_at > doubted_until, false) from repository_polls where repository = '*') as silent from late
     ), before as (
       select ${PROVEN} as proven from repository_polls p where p.repository = $2
     ), doubted as (
       update repository_polls p set
         doubted_until = case when repository in ($2, '*') then greatest(doubted_until,
           clock_timestamp() + case when late and repository = $2 then $5 else 0 end * interval '1 ms') else doubted_until end,
         next_at = least(next_at, clock_timestamp() + random() * $6 * interval '1 ms')
       from late, silent
       where p.repository = $2 or silent and (p.repository = '*' or p.repository = any($7))
     ) select proven from before`,
    values: [pace.webhooks, repository, updatedAt, LATE_MS, DOUBT_MS, pace.everyMs, pace.repositories],
  });
  return rows[0]?.proven ?? false;
}

/** Which of these keys the inbox has. */
export async function keysInInbox(db: Queryable, keys: readonly string[]): Promise<string[]> {
  const { rows } = await db.query<{ key: string }>({
    name: 'keys-in-inbox',
    text: 'select key from inbox where key = any($1)',
    values: [keys],
  });
  return rows.map((one) => one.key);
}
