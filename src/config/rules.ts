import { type Freeze, neverOpens } from '../core/service/freeze.js';
import { type Problem, shown } from './problems.js';
import { at, rawServices } from './raw.js';
import { wrongStages } from './stage-rules.js';

/** Reports rules that can never be met: freezes that cover the whole week, and more approvals than people can give. */
export function neverAllowed(file: unknown): Problem[] {
  return rawServices(file).flatMap((service, index) => [
    ...alwaysFrozen(service, index),
    ...tooFewApprovers(service, index, 'approvals.required'),
    ...tooFewApprovers(service, index, 'rollback.approvals'),
    ...cannotRollBackItself(service, index),
    ...wrongStages(service, index),
  ]);
}

function alwaysFrozen(service: unknown, index: number): Problem[] {
  const freezes = at(service, 'freezes');
  if (!Array.isArray(freezes) || !neverOpens(freezes.filter(isWeekly))) return [];
  const expected = 'at least one minute of the week without a freeze';
  return [{ setting: `services[${index}].freezes`, found: 'freezes that cover the whole week', expected }];
}

/** Nobody would be there to give the approvals of a rollback that begins by itself. */
function cannotRollBackItself(service: unknown, index: number): Problem[] {
  if (at(service, 'production', 'on_failure') !== 'roll back') return [];
  const setting = `services[${index}].production.on_failure`;
  if (at(service, 'production', 'stages') === undefined)
    return [{ setting, found: '"roll back", without stages', expected: 'ask, or stages that are rolled back' }];
  const required = at(service, 'rollback', 'approvals') ?? 0;
  if (required === 0) return [];
  const found = `"roll back", while rollback.approvals is ${shown(required)}`;
  return [{ setting, found, expected: 'ask, or rollback.approvals: 0: it begins by itself, without an approval' }];
}

const CLOCK = /^\d\d:\d\d$/;

function isWeekly(freeze: unknown): freeze is Extract<Freeze, { days: unknown }> {
  const [days, from, to] = [at(freeze, 'days'), at(freeze, 'from'), at(freeze, 'to')];
  return Array.isArray(days) && [from, to].every((time) => typeof time === 'string' && CLOCK.test(time));
}

/**
 * Nobody approves their own request, so a deployer needs enough other approvers. The file can tell only when
 * `approvals.from` lists users alone; the doctor counts the members of groups.
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
      found: `${shown(required)}, but at most ${best} of the ${from.length} in approvals.from can approve a deployer's request`,
      expected: `at most ${best}: nobody approves their own request`,
    },
  ];
}
