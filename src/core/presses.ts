/** What a person's press or typed line does. */

import type { Press } from './command.js';
import { type Decision, type Effect, type Facts, isUntold, refused, type Target, type Write } from './decision.js';
import { type Deployment, hasEnded } from './deployment.js';
import { cardsOf } from './dispatch.js';
import { aheadOfLive, first, newestPassed, notLiveYet, passedStaging, permitted } from './policy.js';
import { isLastSent, lastKnownLive, rollBackTarget, type ServiceState } from './service.js';

type PressOf<T extends Press['type']> = Extract<Press, { type: T }>;

/** A new row in the queue, its approval, and the card or cards that show it. */
function ask(
  press: Press,
  what: Pick<Extract<Write, { write: 'add deployment' }>, 'changeId' | 'sha' | 'kind' | 'restores' | 'pressedOn'>,
  facts: Facts,
): Decision {
  const by = press.by.user;
  const cards = new Set([what.changeId, ...(what.pressedOn === null ? [] : [what.pressedOn])]);
  return {
    kind: 'accepted',
    writes: [
      { write: 'add deployment', deployId: facts.deployId, by, ...what },
      { write: 'add approval', deploymentId: 'new', user: by, decision: 'requested' },
    ],
    records: [
      {
        actor: by,
        kind: 'requested',
        sha: what.sha,
        deploymentId: 'new',
        reason: null,
        detail: { asked: press.type, deploy_id: facts.deployId },
      },
    ],
    effects: [
      { effect: 'start next', at: null },
      ...[...cards].map((changeId): Effect => ({ effect: 'redraw', changeId })),
      // The places of others in the queue may move: a roll back goes first.
      { effect: 'redraw service' },
    ],
  };
}

/** A press for a SHA that is under way already joins it: no second row, no second run. */
function merge(press: Press, into: Deployment): Decision {
  const { sha, id } = into;
  return {
    kind: 'merged',
    into,
    records: [
      {
        actor: press.by.user,
        kind: 'merged',
        sha,
        deploymentId: id,
        reason: null,
        detail: { asked: press.type, status: into.status },
      },
    ],
  };
}

export function pressDeploy(state: ServiceState, target: Target, press: PressOf<'deploy'>, facts: Facts): Decision {
  const { change, underWay } = target;
  if (!change) return refused({ rule: 'unknown button' }, press.by.user, { asked: press.type });
  const about = { sha: change.sha, asked: press.type };
  const comparison = isUntold(facts.comparison) ? null : (facts.comparison ?? null);
  const forbidden = permitted(facts.permission);
  if (forbidden) return refused(forbidden, press.by.user, about);
  if (underWay) return merge(press, underWay);
  const refusal = first(
    passedStaging(change),
    notLiveYet(state, change.sha),
    press.from === 'card' ? newestPassed(state, change) : null,
    aheadOfLive(state, change.sha, comparison),
  );
  if (refusal) return redrawn(refused(refusal, press.by.user, about), change.id);
  return ask(press, { changeId: change.id, sha: change.sha, kind: 'deploy', restores: null, pressedOn: null }, facts);
}

/** Retry is a new deployment of the same SHA, never GitHub's re-run. */
export function pressRetry(state: ServiceState, target: Target, press: PressOf<'retry'>, facts: Facts): Decision {
  const { deployment, underWay } = target;
  if (!deployment) return refused({ rule: 'unknown button' }, press.by.user, { asked: press.type });
  const about = { sha: deployment.sha, deploymentId: deployment.id, asked: press.type };
  const forbidden = permitted(facts.permission);
  if (forbidden) return refused(forbidden, press.by.user, about);
  if (underWay) return merge(press, underWay);
  if (deployment.status !== 'failed' && deployment.status !== 'lost') {
    return redrawn(refused(wrongState(press.type, deployment), press.by.user, about), deployment.changeId);
  }
  const last = state.lastSent;
  if (last && !isLastSent(state, deployment)) {
    const refusal = { rule: 'no longer the last', sha: deployment.sha, status: deployment.status, last } as const;
    return redrawn(refused(refusal, press.by.user, about), deployment.changeId);
  }
  const { changeId, sha, kind, restores, pressedOn } = deployment;
  return ask(press, { changeId, sha, kind: kind === 'roll back' ? kind : 'retry', restores, pressedOn }, facts);
}

/** Roll back, from a card or by naming the service, to the SHA that was live before. */
export function pressRollBack(
  state: ServiceState,
  target: Target,
  press: PressOf<'roll back'> | PressOf<'roll back service'>,
  facts: Facts,
): Decision {
  const { deployment } = target;
  if (press.type === 'roll back' && !deployment)
    return refused({ rule: 'unknown button' }, press.by.user, { asked: press.type });
  const about = { sha: deployment?.sha, deploymentId: deployment?.id, asked: 'roll back' };
  const forbidden = permitted(facts.permission);
  if (forbidden) return refused(forbidden, press.by.user, about);
  if (deployment) {
    const isLive = state.live.is === 'known' && state.live.deployment.id === deployment.id;
    const last = state.lastSent;
    if (!isLive && last && !isLastSent(state, deployment)) {
      const refusal = { rule: 'no longer the last', sha: deployment.sha, status: deployment.status, last } as const;
      return redrawn(refused(refusal, press.by.user, about), deployment.changeId);
    }
    if (!hasEnded(deployment))
      return redrawn(refused(wrongState('roll back', deployment), press.by.user, about), deployment.changeId);
  }
  const back = rollBackTarget(state, deployment);
  if (!back) return refused({ rule: 'nothing to roll back to', service: state.name }, press.by.user, about);
  const same = [state.active, ...state.queue].find((one) => one?.sha === back.sha);
  if (same) return merge(press, same);
  const pressedOn = deployment?.changeId ?? undone(state)?.changeId ?? null;
  return ask(
    press,
    {
      changeId: back.changeId,
      sha: back.sha,
      kind: 'roll back',
      restores: back.id,
      pressedOn: pressedOn === back.changeId ? null : pressedOn,
    },
    facts,
  );
}

/** What a typed roll back takes back: the deployment that was sent and failed, else what is live. */
function undone(state: ServiceState): Deployment | null {
  const { lastSent } = state;
  return lastSent && hasEnded(lastSent) && lastSent.status !== 'live' ? lastSent : lastKnownLive(state);
}

export function pressCancel(target: Target, press: PressOf<'cancel'>, facts: Facts): Decision {
  const { deployment } = target;
  if (!deployment) return refused({ rule: 'unknown button' }, press.by.user, { asked: press.type });
  const { id, sha, changeId } = deployment;
  const by = press.by.user;
  const about = { sha, deploymentId: id, asked: press.type };
  const forbidden = permitted(facts.permission);
  if (forbidden) return refused(forbidden, by, about);
  if (deployment.status !== 'deploying' && deployment.status !== 'hung') {
    return redrawn(refused(wrongState(press.type, deployment), by, about), changeId);
  }
  return {
    kind: 'accepted',
    writes: [{ write: 'ask cancel', deploymentId: id, by }],
    records: [{ actor: by, kind: 'cancel asked', sha, deploymentId: id, reason: null, detail: {} }],
    effects: [{ effect: 'cancel run', deploymentId: id }, ...cardsOf(deployment)],
  };
}

/** Withdraw is the requester's alone, and only while nothing was sent. */
export function pressWithdraw(target: Target, press: PressOf<'withdraw'>, facts: Facts): Decision {
  const { deployment } = target;
  if (!deployment) return refused({ rule: 'unknown button' }, press.by.user, { asked: press.type });
  const { id, sha, changeId, requestedBy } = deployment;
  const by = press.by.user;
  const about = { sha, deploymentId: id, asked: press.type };
  const forbidden = permitted(facts.permission);
  if (forbidden) return refused(forbidden, by, about);
  if (by !== requestedBy) return refused({ rule: 'not the requester', sha, requestedBy }, by, about);
  if (deployment.status !== 'queued' && deployment.status !== 'waiting') {
    return redrawn(refused(wrongState(press.type, deployment), by, about), changeId);
  }
  return {
    kind: 'accepted',
    writes: [
      { write: 'end', deploymentId: id, status: 'withdrawn', reason: null },
      { write: 'add approval', deploymentId: id, user: by, decision: 'withdrawn' },
    ],
    records: [{ actor: by, kind: 'withdrawn', sha, deploymentId: id, reason: null, detail: {} }],
    effects: [{ effect: 'redraw service' }, { effect: 'redraw', changeId }, { effect: 'start next', at: null }],
  };
}

/** Re-run asks GitHub to run the failed staging jobs once more; asking twice is asking once. */
export function pressReRun(target: Target, press: PressOf<'re-run'>, facts: Facts): Decision {
  const { change } = target;
  const by = press.by.user;
  if (!change) return refused({ rule: 'unknown button' }, by, { asked: press.type });
  const about = { sha: change.sha, asked: press.type };
  const { status, url, attempt } = change.staging;
  const forbidden = permitted(facts.permission);
  if (forbidden) return refused(forbidden, by, about);
  if (status !== 'failed' || change.rerunOf === attempt) {
    const staging = status === 'failed' ? 'running' : status;
    return redrawn(refused({ rule: 'staging does not need it', sha: change.sha, staging, url }, by, about), change.id);
  }
  return {
    kind: 'accepted',
    writes: [{ write: 're-run asked', changeId: change.id, attempt, by }],
    records: [
      { actor: by, kind: 're-run asked', sha: change.sha, deploymentId: null, reason: null, detail: { attempt } },
    ],
    effects: [
      { effect: 're-run staging', changeId: change.id, attempt },
      { effect: 'redraw', changeId: change.id },
    ],
  };
}

const wrongState = (what: string, deployment: Deployment) =>
  ({
    rule: 'wrong state',
    what,
    sha: deployment.sha,
    status: deployment.status,
    by: deployment.requestedBy,
    at: hasEnded(deployment) ? deployment.endedAt : null,
  }) as const;

/** The person saw a button that no longer applies: draw that card again, too. */
function redrawn(decision: Decision, changeId: number): Decision {
  if (decision.kind !== 'refused') return decision;
  return { ...decision, effects: [...decision.effects, { effect: 'redraw', changeId }] };
}
