/** What people shut and open: locks, stop and resume, and held changes. */

import type { PressOf } from '../command.js';
import {
  type Decision,
  type Effect,
  NOTHING,
  type Record,
  refused,
  type ServicePolicy,
  type Target,
} from '../decision.js';
import { isActive } from '../deployment/deployment.js';
import { redrawn, wrongState } from '../deployment/presses.js';
import type { Facts, Permission } from '../facts.js';
import { cardsOf, tellRequester } from '../plan.js';
import type { Write } from '../write.js';
import { lockAt } from './gates.js';
import { notHeld, notLiveYet, permitted } from './policy.js';
import type { ServiceState, Stop } from './service.js';

/** The owner of a lock without an end is reminded once a day. */
const NUDGE_MS = 24 * 3_600_000;

const line = (actor: string, kind: string, reason: string | null, detail: Record['detail'] = {}): Record => ({
  actor,
  kind,
  sha: null,
  deploymentId: null,
  reason,
  detail,
});
const AGAIN: readonly Effect[] = [{ effect: 'redraw service' }, { effect: 'start next', at: null }];

/** Decides a lock. Takes over somebody else's lock, with a post in the channel; replaces one's own. */
export function pressLock(state: ServiceState, press: PressOf<'lock'>, facts: Facts): Decision {
  const by = press.by.user;
  const forbidden = permitted(facts.permission);
  if (forbidden) return refused(forbidden, by, { asked: press.type });
  const { reason, forMs } = press;
  const until = forMs === null ? null : new Date(facts.now.getTime() + forMs);
  const before = lockAt(state.lock, facts.now);
  const taken = before && before.by !== by ? before : null;
  return {
    kind: 'accepted',
    writes: [{ write: 'lock', by, reason, until }],
    records: [
      line(by, taken ? 'lock taken over' : 'locked', reason, {
        until: until?.toISOString() ?? null,
        ...(taken && { from: taken.by, their_reason: taken.reason, since: taken.since.toISOString() }),
      }),
    ],
    effects: [...AGAIN, ...(taken ? [{ effect: 'say taken over', from: taken.by, by, reason } as const] : [])],
  };
}

/** Decides an unlock: by any deployer, or by the owner even if no longer a deployer. What waited continues. */
export function pressUnlock(state: ServiceState, press: PressOf<'unlock'>, facts: Facts): Decision {
  const by = press.by.user;
  const lock = lockAt(state.lock, facts.now);
  const forbidden = permitted(facts.permission);
  const own = lock?.by === by && forbidden?.rule === 'not a deployer';
  if (forbidden && !own) return refused(forbidden, by, { asked: press.type });
  if (!lock) return refused({ rule: 'not locked', service: state.name }, by, { asked: press.type });
  return {
    kind: 'accepted',
    writes: [{ write: 'unlock' }],
    records: [line(by, 'unlocked', lock.reason, { locked_by: lock.by, since: lock.since.toISOString() })],
    effects: AGAIN,
  };
}

/** Decides a resume: continuous deployment continues, and the hold starts over. */
export function pressResume(
  state: ServiceState,
  press: PressOf<'resume'> | PressOf<'resume from a card'>,
  policy: ServicePolicy,
  facts: Facts,
): Decision {
  const by = press.by.user;
  const forbidden = permitted(facts.permission);
  if (forbidden) return refused(forbidden, by, { asked: press.type });
  const { pause, name: service } = state;
  if (!pause) {
    const rule = policy.mode === 'continuous' ? 'not paused' : 'not continuous';
    return refused({ rule, service }, by, { asked: press.type });
  }
  return {
    kind: 'accepted',
    writes: [{ write: 'resume' }],
    records: [line(by, 'resumed', pause.why, { paused_by: pause.by, since: pause.since.toISOString() })],
    effects: AGAIN,
  };
}

/**
 * Decides a hold. Without a reason (from a card): the change does not deploy by itself. With a reason (typed): the change is
 * marked bad and nobody may deploy it. Either way, a request for it that was not sent yet ends.
 */
export function pressHold(state: ServiceState, target: Target, press: PressOf<'hold'>, facts: Facts): Decision {
  const { change, underWay } = target;
  const by = press.by.user;
  if (!change) return refused({ rule: 'unknown button' }, by, { asked: press.type });
  const { id, sha } = change;
  const { reason } = press;
  const forbidden = permitted(facts.permission);
  if (forbidden) return refused(forbidden, by, { sha, asked: press.type });
  if (reason === null && underWay && isActive(underWay))
    return redrawn(refused(wrongState(press.type, underWay), by, { sha, asked: press.type }), id);
  // A hold without a reason never replaces the mark of a bad change.
  const no = reason === null ? (notLiveYet(state, sha) ?? notHeld(change)) : null;
  if (no) return redrawn(refused(no, by, { sha, asked: press.type }), id);
  const stopped =
    underWay && (underWay.status === 'waiting' || underWay.status === 'queued') && underWay.kind !== 'roll back'
      ? underWay
      : null;
  // An automatic request may be made again once the hold has ended.
  const status = stopped?.requestedBy === 'pushbutton' ? 'withdrawn' : 'rejected';
  const ends: Write[] = stopped
    ? [{ write: 'end', deploymentId: stopped.id, status, reason: reason ?? 'held', by }]
    : [];
  const told = reason ?? 'held';
  const tells = stopped
    ? tellRequester(stopped, by, { rule: 'rejected by a person', service: stopped.service, sha, by, reason: told })
    : [];
  return {
    kind: 'accepted',
    writes: [{ write: 'hold', changeId: id, by, reason }, ...ends],
    records: [
      { actor: by, kind: reason === null ? 'held' : 'marked bad', sha, deploymentId: null, reason, detail: {} },
      ...(stopped
        ? [{ actor: by, kind: status, sha, deploymentId: stopped.id, reason: reason ?? 'held', detail: {} }]
        : []),
    ],
    effects: [{ effect: 'redraw', changeId: id }, ...(stopped ? cardsOf(stopped) : []), ...AGAIN, ...tells],
  };
}

/** Decides the end of a hold or of a bad mark. */
export function pressLetGo(target: Target, press: PressOf<'let go'>, facts: Facts): Decision {
  const { change } = target;
  const by = press.by.user;
  if (!change) return refused({ rule: 'unknown button' }, by, { asked: press.type });
  const { id, sha, service, hold } = change;
  const forbidden = permitted(facts.permission);
  if (forbidden) return refused(forbidden, by, { sha, asked: press.type });
  if (!hold) return redrawn(refused({ rule: 'not held', service, sha }, by, { sha, asked: press.type }), id);
  return {
    kind: 'accepted',
    writes: [{ write: 'let go', changeId: id }],
    records: [
      { actor: by, kind: 'let go', sha, deploymentId: null, reason: hold.reason, detail: { held_by: hold.by } },
    ],
    effects: [{ effect: 'redraw', changeId: id }, ...AGAIN],
  };
}

/** Decides a stop or resume of all services: by any deployer of any service. */
export function decideStop(
  stop: Stop | null,
  press: PressOf<'stop'> | PressOf<'resume all'>,
  permission: Permission | undefined,
): Decision {
  const by = press.by.user;
  const forbidden = permitted(permission);
  if (forbidden) return refused(forbidden, by, { asked: press.type });
  if (press.type === 'stop') {
    const { reason } = press;
    return {
      kind: 'accepted',
      writes: [{ write: 'stop', by, reason }],
      records: [line(by, 'stopped', reason)],
      effects: AGAIN,
    };
  }
  if (!stop) return refused({ rule: 'not stopped' }, by, { asked: press.type });
  const detail = { stopped_by: stop.by, since: stop.since.toISOString() };
  return {
    kind: 'accepted',
    writes: [{ write: 'end stop' }],
    records: [line(by, 'resumed', stop.reason, detail)],
    effects: AGAIN,
  };
}

/** Removes an expired lock, with a ledger line; reminds the owner of an old lock without an end. */
export function lockTimePassed(state: ServiceState, facts: Facts): Decision {
  const { lock } = state;
  if (!lock) return NOTHING;
  if (lockAt(lock, facts.now) === null) {
    const detail = { locked_by: lock.by, since: lock.since.toISOString() };
    return {
      kind: 'accepted',
      writes: [{ write: 'unlock' }],
      records: [line('pushbutton', 'lock expired', lock.reason, detail)],
      effects: AGAIN,
    };
  }
  if (lock.until !== null || facts.now.getTime() - (lock.nudgedAt ?? lock.since).getTime() < NUDGE_MS) return NOTHING;
  return {
    kind: 'accepted',
    writes: [{ write: 'lock nudged' }],
    records: [line('pushbutton', 'lock nudged', lock.reason, { locked_by: lock.by })],
    effects: [{ effect: 'nudge', user: lock.by }],
  };
}
