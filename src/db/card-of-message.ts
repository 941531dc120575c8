import type { Queryable } from './pool.js';

/**
 * The key of the change that the first of these messages is about which is a card, a copy of one, or an announcement; null if
 * none is.
 */
export async function changeOfMessage(
  db: Queryable,
  channel: string,
  messages: readonly string[],
): Promise<string | null> {
  const { rows } = await db.query<{ key: string }>(
    `select key from unnest($2::text[]) with ordinality as asked (ts, place) cross join lateral (
       select change_id from cards where channel = $1 and ts = asked.ts
       union all select change_id from card_twins where channel = $1 and ts = asked.ts
       union all select d.change_id from announcements a join deployments d on d.id = a.deployment_id
         where a.channel = $1 and a.ts = asked.ts
     ) found join changes on changes.id = found.change_id order by place limit 1`,
    [channel, messages],
  );
  return rows[0]?.key ?? null;
}
