import { type Freeze, neverOpens } from '../core/service/freeze.js';
import { type Problem, shown } from './problems.js';
import { at, rawServices } from './raw.js';

/** Rules that nobody could ever fulfil: a freeze without an end, and approvals that nobody is left to give. */
export function neverAllowed(file: unknown): Problem[] {
  return rawServices(file).flatMap((service, index) => [
    ...alwaysFrozen(service, index),
    ...tooFewApprovers(service, index, 'approvals.required'),
    ...tooFewApprovers(service, index, 'rollback.approvals'),
  ]);
}

function alwaysFrozen(service: unknown, index: number): Problem[] {
  const freezes = at(service, 'freezes');
  if (!Array.isArray(freezes) || !neverOpens(freezes.filter(isWeekly))) return [];
  const expected = 'a minute of the week in which something may be deployed';
  return [{ setting: `services[${index}].freezes`, found: 'every minute of the week frozen', expected }];
}

const CLOCK = /^\d\d:\d\d$/;

function isWeekly(freeze: unknown): freeze is Extract<Freeze, { days: unknown }> {
  const [days, from, to] = [at(freeze, 'days'), at(freeze, 'from'), at(freeze, 'to')];
  return Array.isArray(days) && [from, to].every((time) => typeof time === 'string' && CLOCK.test(time));
}

/**
 * Only where users alone may approve can the file tell: nobody approves their own request, so every deployer needs as many others. How
 * many a group has, the doctor sees.
 */
function tooFewApprovers(service: unknown, index: number, setting: string): Problem[] {
  const required = at(service, ...setting.split('.'));
  const deployers = at(service, 'deployers');
  const from = at(service, 'approvals', 'from') ?? deployers;
  if (typeof required !== 'number' || required < 1 || !Array.isArray(from) || !Array.isArray(deployers)) return [];
  if (from.some((id) => typeof id !== 'string' || id.startsWith('S'))) return [];
  const best = Math.max(...deployers.map((deployer) => new Set(from.filter((id) => id !== deployer)).size));
  if (best >= required) return [];
  return [
    {
      setting: `services[${index}].${setting}`,
      found: `${shown(required)}, while ${best} of ${from.length} in approvals.from could approve a request of a deployer`,
      expected: 'no more than could approve: nobody approves their own request',
    },
  ];
}
