import { plain } from '../core/change/plain.js';
import type { Presser } from '../core/command.js';
import type { Permission } from '../core/facts.js';
import type { Refusal } from '../core/refusal.js';
import { cached } from '../waits/cache.js';
import { coalesced } from '../waits/coalesce.js';
import { askSlack, type SlackAnswer, type SlackClient } from './client.js';

/** Looks people up. Nothing that grants anything is cached: each look-up starts after it is asked for. */
export interface People {
  /** Whether a person is a full member of our workspace: not a guest, stranger, bot or deactivated user. */
  readonly isFullMember: (presser: Presser) => Promise<Permission>;
  /** Whether a full member is one of `allowed` (user ids and user-group ids); `otherwise` is the refusal if not. */
  readonly isOneOf: (presser: Presser, allowed: readonly string[], otherwise: Refusal) => Promise<Permission>;
  /**
   * The groups that a person is in, for what is shown to them alone: it may be a minute old, so it never decides what
   * anybody may do. null: Slack does not say.
   */
  readonly groupsShown: (user: string) => Promise<ReadonlySet<string> | null>;
  /**
   * The person with that e-mail address; null if unknown. Throws if Slack does not answer. It finds the authors of a change:
   * whose approval does not count, and whom to call. It allows nobody anything.
   */
  readonly byEmail: (email: string) => Promise<string | null>;
}

export type User = NonNullable<Awaited<ReturnType<SlackClient['users']['info']>>['user']>;

const MET_MS = 600_000;
/** How long groups that are only shown are kept: one call a minute, however many people look. */
const SHOWN_MS = 60_000;
/** Until they are asked for again after Slack has not said them. */
const SILENT_MS = 10_000;
const NOT_LOOKED_UP: Permission = { is: 'not looked up', retryAfterMs: null };
/** More groups than this are read with one call for all groups of the workspace: Slack allows twenty calls a minute. */
const MOST_GROUPS = 4;

/**
 * `home` returns our team's id, or null until Slack tells it. `met` saves the name of everybody looked up, at least every
 * ten minutes. Sources:
 * users.info, usergroups.users.list and usergroups.list; the latter two allow twenty calls a minute, so waiting callers share one.
 */
export function createPeople(
  client: SlackClient,
  home: () => string | null,
  met: (user: string, name: string) => Promise<void>,
): People {
  const users = createRests();
  const groups = createRests();
  const userInfo = coalesced((user: string) =>
    users.ask(() => askSlack(async () => (await client.users.info({ user })).user ?? null)),
  );
  const groupUsers = coalesced((usergroup: string) =>
    groups.ask(() => askSlack(async () => (await client.usergroups.users.list({ usergroup })).users ?? [])),
  );

  const listGroups = () =>
    askSlack(async () => {
      const { usergroups = [] } = await client.usergroups.list({ include_users: true });
      return new Map(usergroups.map(({ id, users, user_count }) => [id, membersIn(users, user_count)]));
    });
  const allGroups = coalesced((_: 'all') => groups.ask(listGroups));

  // A limit that showing meets keeps no press from its own look-up.
  const toShow = createRests();
  const groupsKept = cached(async (_: string) => {
    const all = await toShow.ask(listGroups);
    if (all.is !== 'ok') throw new Error('Slack does not say who is in which group');
    return all.data;
  }, SHOWN_MS);
  let silentUntil = 0;

  async function groupsShown(user: string): Promise<ReadonlySet<string> | null> {
    if (performance.now() < silentUntil) return null;
    const all = await groupsKept('all').catch(() => null);
    if (all === null) {
      silentUntil = performance.now() + SILENT_MS;
      return null;
    }
    const isIn = ([, members]: [unknown, SlackAnswer<readonly string[]>]) =>
      members.is === 'ok' && members.data.includes(user);
    return new Set([...all].filter(isIn).flatMap(([id]) => id ?? []));
  }

  // A press looks people up each time, and their names hardly ever change.
  const meet = cached((person: string) => {
    const [user = '', ...name] = person.split(' ');
    return met(user, name.join(' '));
  }, MET_MS);

  async function isFullMember({ user, team }: Presser): Promise<Permission> {
    const ours = home();
    if (ours === null) return NOT_LOOKED_UP;
    const answer = await userInfo(user);
    if (answer.is === 'refused' && (answer.error === 'user_not_found' || answer.error === 'user_not_visible')) {
      return denied({ rule: 'not a full member', why: 'stranger' });
    }
    if (answer.is !== 'ok') return notLookedUp(answer);
    if (!answer.data) return NOT_LOOKED_UP;
    void meet(`${user} ${nameOf(answer.data)}`).catch(() => {});
    const why = whyNot(answer.data, ours, team);
    return why ? denied({ rule: 'not a full member', why }) : { is: 'granted' };
  }

  /** The members of each group; of one that cannot be read, why not. */
  async function membersOf(named: readonly string[]): Promise<SlackAnswer<readonly string[]>[]> {
    if (named.length <= MOST_GROUPS) return Promise.all(named.map((id) => groupUsers(id)));
    const all = await allGroups('all');
    if (all.is !== 'ok') return [all];
    // One that is not there is deleted or disabled.
    return named.map((id) => all.data.get(id) ?? { is: 'ok', data: [] });
  }

  async function isOneOf(presser: Presser, allowed: readonly string[], otherwise: Refusal): Promise<Permission> {
    const named = allowed.includes(presser.user) ? [] : allowed.filter((id) => id.startsWith('S'));
    // Without their groups, who they are decides nothing, and that look-up is limited as well.
    const rests = groups.rests();
    if (named.length > 0 && rests !== null) return notLookedUp(rests);
    const asked = isFullMember(presser);
    // Who is no full member causes no call that is made for many services.
    if (named.length > MOST_GROUPS && (await asked).is !== 'granted') return asked;
    const [member, lists] = await Promise.all([asked, membersOf(named)]);
    if (member.is !== 'granted' || allowed.includes(presser.user)) return member;
    if (lists.some((list) => list.is === 'ok' && list.data.includes(presser.user))) return { is: 'granted' };
    // A deleted group has no members; a group that could not be read may include this person.
    const unread = lists.find(
      (list) => list.is !== 'ok' && !(list.is === 'refused' && list.error === 'no_such_subteam'),
    );
    if (unread && unread.is !== 'ok') return notLookedUp(unread);
    return denied(otherwise);
  }

  async function byEmail(email: string): Promise<string | null> {
    const answer = await askSlack(async () => (await client.users.lookupByEmail({ email })).user?.id ?? null);
    if (answer.is === 'ok') return answer.data;
    // Slack gives the same error for a deactivated user, who could not approve either.
    if (answer.is === 'refused' && answer.error === 'users_not_found') return null;
    throw new Error('Slack does not say whose e-mail address it is');
  }

  return { isFullMember, isOneOf, groupsShown, byEmail };
}

/** While Slack limits a method, it is not called: what waits would only be refused, one after the other. */
function createRests() {
  let until = 0;
  const rests = () => {
    const left = until - performance.now();
    return left > 0 ? ({ is: 'rate limited', retryAfterMs: Math.ceil(left) } as const) : null;
  };
  return {
    rests,
    ask: async <T>(call: () => Promise<SlackAnswer<T>>): Promise<SlackAnswer<T>> => {
      const resting = rests();
      if (resting) return resting;
      const answer = await call();
      if (answer.is === 'rate limited') until = Math.max(until, performance.now() + answer.retryAfterMs);
      return answer;
    },
  };
}

/** The members of a group in a list of groups, which may leave out those of a group that has some. */
const membersIn = (users: string[] | undefined, count: number | undefined): SlackAnswer<readonly string[]> =>
  users || !count ? { is: 'ok', data: users ?? [] } : { is: 'no answer', why: 'a group without its members' };

const denied = (refusal: Refusal): Permission => ({ is: 'denied', refusal });

function notLookedUp(answer: Exclude<SlackAnswer<unknown>, { is: 'ok' }>): Permission {
  return { is: 'not looked up', retryAfterMs: answer.is === 'rate limited' ? answer.retryAfterMs : null };
}

/**
 * Why somebody is not a full member of the workspace `home`; null for a full member. `pressTeam` is the team that a
 * press named as theirs; null when none was pressed.
 */
export function whyNot(
  user: User,
  home: string,
  pressTeam: string | null = null,
): 'stranger' | 'guest' | 'deactivated' | 'bot' | null {
  if (!isOfWorkspace(user, home, pressTeam) || is(user, 'is_stranger')) return 'stranger';
  if (user.deleted) return 'deactivated';
  if (user.is_bot || is(user, 'is_workflow_bot') || is(user, 'is_connector_bot')) return 'bot';
  return user.is_restricted || user.is_ultra_restricted ? 'guest' : null;
}

/**
 * In an Enterprise Grid organisation a person belongs to several workspaces. Both `team_id`s may then name any of them,
 * and that of users.info may be missing (slackapi/bolt-js#1875, looker/lookerbot#184), so the list of their workspaces
 * decides alone. Elsewhere both must be ours. In a channel shared with another company, `team.id` of a press is ours
 * even for strangers, so it is never read.
 */
function isOfWorkspace({ team_id, enterprise_user }: User, home: string, pressTeam: string | null): boolean {
  if (!enterprise_user) return team_id === home && (pressTeam === null || pressTeam === home);
  return Array.isArray(enterprise_user.teams) && enterprise_user.teams.includes(home);
}

/** A flag that Slack sends but its client's types do not include. */
const is = (user: User, flag: string): boolean => (user as Record<string, unknown>)[flag] === true;

/** The name that people know somebody by. */
export function nameOf(user: User): string {
  return plain(user.profile?.display_name || user.real_name || user.name || '') || (user.id ?? '');
}
