import { ok, skipped, type Verdict, wrong } from '../../core/check.js';
import type { SlackAnswer } from '../client.js';
import type { Group } from './people.js';

/** Who may request a deployment of a service, who may approve it, and how many must. */
export interface ApprovalRule {
  readonly service: string;
  readonly deployers: readonly string[];
  readonly from: readonly string[];
  /** The larger of `approvals.required` and `rollback.approvals`. */
  readonly required: number;
}

/**
 * Checks that enough people can approve: nobody approves their own request, so every deployer needs enough others.
 * Authors are unknown until there is a change. `groups`: null when the rule names no group.
 */
export function approversVerdict(rule: ApprovalRule, groups: SlackAnswer<readonly Group[]> | null): Verdict {
  const { service, required } = rule;
  const places = [...rule.from, ...rule.deployers];
  if (places.some(isGroup) && groups?.is !== 'ok') return skipped('the groups could not be read (see group)');
  const there = groups?.is === 'ok' ? groups.data : [];
  const members = (ids: readonly string[]) =>
    new Set(ids.flatMap((id) => (isGroup(id) ? membersOf(there.find((group) => group.id === id)) : [id])));
  const from = members(rule.from);
  const left = [...members(rule.deployers)].map((deployer) => from.size - (from.has(deployer) ? 1 : 0));
  const [fewest, most] = [Math.min(...left), Math.max(...left)];
  if (left.length === 0) return skipped('nobody can deploy it yet (see group)');
  const more = `Name more people in approvals.from of ${service}, add members to its groups, or require fewer approvals.`;
  if (most < required)
    return wrong(`${people(required)} must approve, but at most ${most} can approve a deployer's request`, more);
  const some = left.filter((count) => count < required).length;
  const but = some > 0 ? `; too few for ${some} of the ${left.length} deployers` : '';
  return ok(`${required} needed, ${fewest === most ? people(most) : `${fewest} to ${people(most)}`} can approve${but}`);
}

const isGroup = (id: string): boolean => id.startsWith('S');
const membersOf = (group: Group | undefined): string[] => (group && !group.date_delete ? (group.users ?? []) : []);
const people = (count: number): string => (count === 1 ? '1 person' : `${count} people`);
