import { ok, skipped, type Verdict, wrong } from '../../core/check.js';
import { askSlack, type SlackAnswer } from '../client.js';
import { nameOf, whyNot } from '../people.js';
import { limited, type SlackSession } from './sign-in.js';

/** A user or group of the config, with the settings that name it, such as `deployers of shop`. */
export interface Named {
  readonly id: string;
  readonly as: readonly string[];
  /** True when named only as an author of commits, who may be a guest or have left. */
  readonly authorOnly: boolean;
}

const WORDS = {
  stranger: 'belongs to another workspace',
  deactivated: 'is deactivated',
  bot: 'is a bot',
  guest: 'is a guest',
} as const;

/** Checks that a user id is a full member of the workspace: only full members may press buttons. */
export async function userVerdict(session: SlackSession, { id, as, authorOnly }: Named): Promise<Verdict> {
  const places = as.join(', ');
  const answer = await askSlack(async () => (await session.client.users.info({ user: id })).user ?? null);
  if (answer.is !== 'ok') {
    const unknown = answer.is === 'refused' && ['user_not_found', 'user_not_visible'].includes(answer.error);
    if (!unknown) return unseen(answer);
    return wrong(
      'the workspace has no user with this id',
      `Put the right id into ${places} (in Slack: Profile, More, Copy member ID).`,
    );
  }
  if (!answer.data) return skipped('Slack did not answer; run the doctor again');
  const name = `@${nameOf(answer.data)}`;
  const why = whyNot(answer.data, session.team);
  if (why === null) return ok(name);
  if (authorOnly && (why === 'deactivated' || why === 'guest')) return ok(`${name}, who ${WORDS[why]}`);
  return wrong(`${name} ${WORDS[why]}`, `Remove the id from ${places}: only full members may act.`);
}

type Groups = NonNullable<Awaited<ReturnType<SlackSession['client']['usergroups']['list']>>['usergroups']>;
export type Group = Groups[number];

/**
 * Reads every user group of the workspace in one call; Slack allows twenty such calls a minute. Includes disabled
 * groups, to tell them from groups that do not exist.
 */
export function readGroups({ client }: SlackSession): Promise<SlackAnswer<Groups>> {
  return askSlack(
    async () => (await client.usergroups.list({ include_disabled: true, include_users: true })).usergroups ?? [],
  );
}

/** Checks that a group exists and has members. */
export function groupVerdict(groups: SlackAnswer<Groups>, { id, as }: Named): Verdict {
  const places = as.join(', ');
  if (groups.is === 'refused' && /^(plan_upgrade_required|paid_teams_only)$/.test(groups.error))
    return wrong(
      'this workspace has no user groups: its plan does not include them',
      `Name users in ${places} instead.`,
    );
  if (groups.is !== 'ok') return unseen(groups);
  const group = groups.data.find((one) => one.id === id);
  if (!group) return wrong('the workspace has no user group with this id', `Put the right id into ${places}.`);
  const handle = `@${group.handle ?? group.name ?? id}`;
  if (group.date_delete)
    return wrong(`${handle} is disabled`, `Enable it in Slack (People, User groups), or remove it from ${places}.`);
  if (group.is_external) return wrong(`${handle} belongs to another company`, `Remove it from ${places}.`);
  const count = group.users?.length ?? group.user_count ?? 0;
  if (count === 0)
    return wrong(`${handle} is empty`, `Add its members in Slack (People, User groups), or remove it from ${places}.`);
  return ok(`${handle}, ${count} ${count === 1 ? 'member' : 'members'}`);
}

function unseen(answer: Exclude<SlackAnswer<unknown>, { is: 'ok' }>): Verdict {
  switch (answer.is) {
    case 'rate limited':
      return skipped(limited(answer.retryAfterMs));
    case 'no answer':
      return skipped('Slack did not answer; run the doctor again');
    case 'refused':
      return skipped(
        answer.error === 'missing_scope'
          ? 'the token lacks the scope for this (see scopes)'
          : `Slack answers ${answer.error.slice(0, 80)}`,
      );
  }
}
