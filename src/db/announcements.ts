import type { Queryable } from './pool.js';

/** Where a break-glass deployment is announced. `drawn` is a digest of the message, never the message. */
export interface Announcement {
  channel: string;
  ts: string | null;
  posting_since: Date | null;
  drawn: string | null;
}

/** The one announcement of a deployment; created if there is none. */
export async function claimAnnouncement(db: Queryable, deploymentId: number, channel: string): Promise<Announcement> {
  await db.query('insert into announcements (deployment_id, channel) values ($1, $2) on conflict do nothing', [
    deploymentId,
    channel,
  ]);
  const { rows } = await db.query<Announcement>(
    'select channel, ts, posting_since, drawn from announcements where deployment_id = $1',
    [deploymentId],
  );
  return rows[0] as Announcement;
}

/** Notes a post before it is sent, so that a lost answer is recognised. False: another post has just been sent. */
export async function noteAnnouncing(db: Queryable, deploymentId: number): Promise<boolean> {
  const { rowCount } = await db.query(
    `update announcements set posting_since = clock_timestamp() where deployment_id = $1 and ts is null
       and (posting_since is null or posting_since < clock_timestamp() - interval '15 seconds')`,
    [deploymentId],
  );
  return rowCount === 1;
}

export const noteAnnounced = (db: Queryable, deploymentId: number, ts: string, drawn: string) =>
  db.query('update announcements set ts = $2, drawn = $3, posting_since = null where deployment_id = $1', [
    deploymentId,
    ts,
    drawn,
  ]);
