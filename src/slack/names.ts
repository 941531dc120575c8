import type pg from 'pg';
import { knownPeople, savePerson } from '../db/people.js';
import { askSlack, type SlackClient } from './client.js';
import { nameOf } from './people.js';

/** The most people to look up in one go: names can wait. */
const MOST_AT_ONCE = 20;

/**
 * Learns the names of the config's people and groups for cards and refusals. What Slack does not tell is asked again
 * next time; an id without a name is shown as it is.
 */
export async function learnNames(client: SlackClient, pool: pg.Pool, ids: readonly string[]): Promise<void> {
  const known = await knownPeople(pool, ids);
  const groups = ids.filter((id) => id.startsWith('S'));
  if (groups.length > 0) {
    const answer = await askSlack(async () => (await client.usergroups.list()).usergroups ?? []);
    const found = answer.is === 'ok' ? answer.data : [];
    for (const { id, handle, name } of found) {
      if (id && groups.includes(id)) await savePerson(pool, id, handle ? `@${handle}` : (name ?? id));
    }
  }
  const strangers = ids.filter((id) => !id.startsWith('S') && !known.has(id)).slice(0, MOST_AT_ONCE);
  for (const user of strangers) {
    const answer = await askSlack(async () => (await client.users.info({ user })).user ?? null);
    if (answer.is === 'rate limited') return;
    if (answer.is === 'ok' && answer.data) await savePerson(pool, user, nameOf(answer.data));
  }
}
