/** Whose Home tab is kept up to date: those who opened it or pressed something there a short while ago. */

import type { Queryable } from './pool.js';

/** A Home tab as it was last drawn. */
export interface HomeViewer {
  readonly user: string;
  readonly page: number;
  /** Slack's hash of the view; null when it is not known. */
  readonly hash: string | null;
  /** A digest of what it shows; null or empty when that is not known. */
  readonly drawn: string | null;
}

/** More are not kept up to date: those who opened it last are. */
const MOST_VIEWERS = 200;

/** Those who look at it no longer, and those beyond the most, without this person. */
const gone = (user: string, most: string) => `with gone as (
  delete from home_viewers where slack_user_id in (
    select slack_user_id from home_viewers where slack_user_id <> ${user} and (until < clock_timestamp()
      or slack_user_id in (select slack_user_id from home_viewers order by until desc offset ${most}))
    for update skip locked)
)`;

/**
 * This person opened that page. Noted before it is read: what changes from now on makes it stale. `hash` is that of what they
 * saw before; one that is noted may be newer.
 */
export async function noteHomeOpened(
  db: Queryable,
  { user, page, hash }: Omit<HomeViewer, 'drawn'>,
  forMs: number,
): Promise<void> {
  await db.query({
    name: 'note-home-opened',
    text: `${gone('$1', '$4')} insert into home_viewers as v (slack_user_id, page, until, hash)
       values ($1, $2, clock_timestamp() + $3 * interval '1 ms', $5)
       on conflict (slack_user_id) do update set page = $2, until = excluded.until, stale = false, looked_at = clock_timestamp(),
         hash = coalesce(v.hash, excluded.hash)`,
    values: [user, page, forMs, MOST_VIEWERS - 1, hash],
  });
}

/** It was drawn, and is kept up to date no longer than before. Something may have changed meanwhile. */
export async function noteHomeDrawn(db: Queryable, { user, hash, drawn }: Omit<HomeViewer, 'page'>): Promise<void> {
  await db.query('update home_viewers set hash = $2, drawn = $3 where slack_user_id = $1', [user, hash, drawn]);
}

/** What is noted of a person's Home tab; null when it is not kept up to date. */
export async function notedHome(db: Queryable, user: string): Promise<Pick<HomeViewer, 'page' | 'hash'> | null> {
  const { rows } = await db.query<Pick<HomeViewer, 'page' | 'hash'>>(
    'select page, hash from home_viewers where slack_user_id = $1',
    [user],
  );
  return rows[0] ?? null;
}

/** In the place of the digest: Slack has refused the noted hash. */
const OVERTAKEN = '';

/**
 * Slack has refused `hash`: somebody else has drawn the tab, and notes it soon. It is still to be drawn, over that. If nothing
 * is noted until the next refusal, whoever drew it has died or got no answer: what is there now is then not known.
 */
export async function noteHomeOvertaken(
  db: Queryable,
  { user, hash }: Omit<HomeViewer, 'page' | 'drawn'>,
): Promise<void> {
  await db.query(
    `update home_viewers set stale = true, drawn = case when hash = $2 then $3 else drawn end,
       hash = case when hash = $2 and drawn = $3 then null else hash end
     where slack_user_id = $1`,
    [user, hash, OVERTAKEN],
  );
}

/**
 * The person pressed something there: it is looked at, for so long from now. Whether it is to be drawn again: what changed
 * while it was not kept up to date was not marked. `page` and `hash` are as they saw it, for when nothing is noted of it.
 */
export async function keepHome(
  db: Queryable,
  { user, page, hash }: Omit<HomeViewer, 'drawn'>,
  forMs: number,
): Promise<boolean> {
  const { rows } = await db.query<{ stale: boolean }>({
    name: 'keep-home',
    text: `${gone('$1', '$5')} insert into home_viewers as v (slack_user_id, page, until, stale, hash)
       values ($1, $2, clock_timestamp() + $3 * interval '1 ms', true, $4)
       on conflict (slack_user_id) do update set until = excluded.until, stale = v.stale or v.until <= clock_timestamp()
       returning stale`,
    values: [user, page, forMs, hash, MOST_VIEWERS - 1],
  });
  return rows[0]?.stale === true;
}

export async function forgetHome(db: Queryable, user: string): Promise<void> {
  await db.query('delete from home_viewers where slack_user_id = $1', [user]);
}

/** Something has changed. Whether there is a Home tab that is kept up to date. */
export async function markHomes(db: Queryable): Promise<boolean> {
  const { rows } = await db.query<{ open: boolean }>({
    name: 'mark-homes',
    text: `with marked as (
         update home_viewers set stale = true where slack_user_id in (
           select slack_user_id from home_viewers where not stale and until > clock_timestamp() order by slack_user_id for update)
       ) select exists (select from home_viewers where until > clock_timestamp()) as open`,
  });
  return rows[0]?.open === true;
}

/** Takes the Home tabs that have waited longest: what changes from now on makes them stale again. */
export async function takeStaleHomes(db: Queryable, most: number): Promise<HomeViewer[]> {
  const { rows } = await db.query<HomeViewer>({
    name: 'take-stale-homes',
    text: `update home_viewers set stale = false, looked_at = clock_timestamp() where slack_user_id in (
         select slack_user_id from home_viewers where stale and until > clock_timestamp()
         order by looked_at, slack_user_id limit $1 for update skip locked)
       returning slack_user_id as user, page, hash, drawn`,
    values: [most],
  });
  return rows;
}

/** It could not be drawn now: it is still to be. */
export async function homeStillStale(db: Queryable, user: string): Promise<void> {
  await db.query('update home_viewers set stale = true where slack_user_id = $1', [user]);
}
