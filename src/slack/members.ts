import { askSlack, type SlackClient } from './client.js';

/** The members of user groups; a number: Slack did not say, and may be asked again after so many ms. */
export async function membersOf(
  client: SlackClient,
  groups: readonly string[],
  againMs: number,
): Promise<readonly string[] | number> {
  const found: string[] = [];
  for (const usergroup of groups) {
    const answer = await askSlack(async () => (await client.usergroups.users.list({ usergroup })).users ?? []);
    if (answer.is === 'rate limited') return answer.retryAfterMs;
    if (answer.is === 'ok') found.push(...answer.data);
    // A deleted group has no members. After any other error, ask again, or nobody would be told.
    else if (answer.is === 'no answer' || answer.error !== 'no_such_subteam') return againMs;
  }
  return [...new Set(found)];
}
