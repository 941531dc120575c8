import { ok, skipped, type Verdict, wrong } from '../../core/check.js';
import type { SlackAnswer } from '../client.js';
import type { Group } from './people.js';

/** Who may ask for a deployment of a service, who may approve it, and how many have to. */
export interface ApprovalRule {
  readonly service: string;
  readonly deployers: readonly string[];
  readonly from: readonly string[];
  /** The larger of `approvals.required` and `rollback.approvals`. */
  readonly required: number;
}

/**
 * Whether enough people may approve: nobody approves their own request, so every deployer needs as many others. Of authors nothing can
 * be said before there is a change. `groups`: null where the rule names none.
 */
export function approversVerdict(rule: ApprovalRule, groups: SlackAnswer<readonly Group[]> | null): Verdict {
  const { service, required } = rule;
  const places = [...rule.from, ...rule.deployers];
  if (places.some(isGroup) && groups?.is !== 'ok') return skipped('the groups could not be looked at (see group)');
  const there = groups?.is === 'ok' ? groups.data : [];
  const members = (ids: readonly string[]) =>
    new Set(ids.flatMap((id) => (isGroup(id) ? membersOf(there.find((group) => group.id === id)) : [id])));
  const from = members(rule.from);
  const left = [...members(rule.deployers)].map((deployer) => from.size - (from.has(deployer) ? 1 : 0));
  const [fewest, most] = [Math.min(...left), Math.max(...left)];
  if (left.length === 0) return skipped('nobody may deploy it yet (see group)');
  const more = `Name more people in approvals.from of ${service}, add members to its groups, or ask for fewer approvals.`;
  if (most < required)
    return wrong(`it takes ${people(required)}, and at most ${most} could approve a request of a deployer`, more);
  const some = left.filter((count) => count < required).length;
  const but = some > 0 ? `; for ${some} of the ${left.length} who deploy too few are left` : '';
  return ok(`${required} of ${fewest === most ? people(most) : `${fewest} to ${people(most)}`}${but}`);
}

const isGroup = (id: string): boolean => id.startsWith('S');
const membersOf = (group: Group | undefined): string[] => (group && !group.date_delete ? (group.users ?? []) : []);
const people = (count: number): string => (count === 1 ? '1 person' : `${count} people`);
