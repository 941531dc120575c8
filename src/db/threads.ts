import type { StoryLine } from '../core/report.js';
import type { Queryable } from './pool.js';

/** What the thread of a card has told: the lines of the ledger up to `told_seq`. */
export interface Thread {
  told_seq: number;
  /** When a message was sent whose answer is not known. */
  posting_since: Date | null;
  /** The last line that it tells. */
  posting_seq: number | null;
}

/** What the thread of a card has told; the thread begins here if nothing has. */
export async function threadOf(db: Queryable, changeId: number): Promise<Thread> {
  const { rows } = await db.query<Thread>({
    name: 'thread-of',
    text: `with begun as (insert into threads (change_id) values ($1) on conflict do nothing returning told_seq, posting_since, posting_seq)
      select * from begun union all select told_seq, posting_since, posting_seq from threads where change_id = $1`,
    values: [changeId],
  });
  return rows[0] as Thread;
}

/** The next `most` lines about the deployments that a card shows, oldest first. */
export async function untoldOf(db: Queryable, changeId: number, told: number, most: number): Promise<StoryLine[]> {
  const { rows } = await db.query<StoryLine>({
    name: 'untold-of',
    text: `select l.seq, l.at, l.actor, l.kind, l.reason, l.sha, l.detail, d.id as "deploymentId", d.kind as what, d.status,
        d.requested_by as "requestedBy", d.requested_at as "requestedAt", d.run_url as "runUrl", d.change_id <> $1 as elsewhere,
        l.kind in ('failed', 'lost', 'hung') and exists (select from ledger b
          where b.deployment_id = d.id and b.seq < l.seq and b.kind in ('hung', 'lost')) as "calledBefore",
        (extract(epoch from clock_timestamp() - l.at) * 1000)::float8 as "agoMs"
      from deployments d join ledger l on l.deployment_id = d.id and l.seq > $2
      where d.change_id = $1 or d.pressed_on = $1 order by l.seq limit $3`,
    values: [changeId, told, most],
  });
  return rows;
}

/** The sweep looks through so many of the newest lines of the ledger. */
const SWEPT = 2_000;

/** Deployments of which the thread has not told a step for a minute, for the sweep: their job may be lost. */
export async function untoldDeployments(db: Queryable, kinds: readonly string[]): Promise<number[]> {
  const { rows } = await db.query<{ id: number }>({
    name: 'untold-deployments',
    text: `select distinct d.id from ledger l join deployments d on d.id = l.deployment_id
        left join threads t on t.change_id = d.change_id
      where l.seq > (select coalesce(max(seq), 0) - ${SWEPT} from ledger) and l.kind = any($1)
        and l.at < clock_timestamp() - interval '1 minute' and l.at > clock_timestamp() - interval '1 day'
        and l.seq > coalesce(t.told_seq, 0) limit 200`,
    values: [kinds],
  });
  return rows.map(({ id }) => id);
}

/** Notes a message before it is sent, so that a lost answer is recognised. False: another one has just been sent. */
export async function noteTelling(db: Queryable, changeId: number, told: number, upTo: number): Promise<boolean> {
  const { rowCount } = await db.query(
    `update threads set posting_since = clock_timestamp(), posting_seq = $3 where change_id = $1 and told_seq = $2
       and (posting_since is null or posting_since < clock_timestamp() - interval '15 seconds')`,
    [changeId, told, upTo],
  );
  return rowCount === 1;
}

/** Slack has not taken the message. */
export async function noteNotTold(db: Queryable, changeId: number): Promise<void> {
  await db.query('update threads set posting_since = null where change_id = $1', [changeId]);
}

/** The thread tells the lines up to this one, or they are none that it tells. */
export async function noteTold(db: Queryable, changeId: number, upTo: number): Promise<void> {
  await db.query('update threads set told_seq = greatest(told_seq, $2), posting_since = null where change_id = $1', [
    changeId,
    upTo,
  ]);
}
