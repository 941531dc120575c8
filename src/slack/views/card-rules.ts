import type { Button } from '@slack/types';
import type { Card } from '../../core/card.js';
import type { Deployment, Ended } from '../../core/deployment/deployment.js';
import type { Names } from '../../core/report.js';
import { gateFor } from '../../core/service/gates.js';
import { button } from '../buttons.js';
import { shown } from '../limits.js';
import { capitalised, gatedLine, gateLine, pauseLine } from './card-gates.js';
import { everyone, who } from './people.js';
import { retryQuestion, rollBackQuestion } from './questions.js';
import { date, type Phrase, theirs } from './rich.js';

/** Who approved it; nothing if nobody had to. */
export function approved({ approvals }: Deployment, names: Names): Phrase[] {
  return approvals.length > 0 ? [[`Approved by ${everyone(approvals.map(({ user }) => who(user, names)))}`]] : [];
}

/** Why a deployment was allowed to start: who approved it, the gate that it waited for, or who broke the glass. */
export function whyAllowed(deployment: Deployment, names: Names): Phrase[] {
  const { override, signedOff, gated, requestedBy, uncounted } = deployment;
  const broken: Phrase[] =
    override === null
      ? []
      : [
          [
            `Break glass by ${who(requestedBy, names)}: `,
            theirs(override, shown.reason),
            ...(signedOff
              ? [`; signed off by ${who(signedOff.user, names)}, `, date(signedOff.at)]
              : ['; another person must sign it off']),
          ],
          ...(uncounted === null ? [] : [['What ships could not be counted: ', theirs(uncounted, shown.reason)]]),
        ];
  return [...approved(deployment, names), ...(gated ? [gatedLine(gated, names)] : []), ...broken];
}

/** The gate that removed a button; nothing if none did. */
export function shut(card: Card, kind: 'retry' | 'roll back', offered: boolean): Phrase[] {
  const gate = offered ? gateFor(card.gates, kind) : null;
  return gate ? [capitalised(gateLine(gate, card.names))] : [];
}

/** Who marked the change bad, which removes Retry. */
export function markedBad({ change: { hold }, names }: Card): Phrase[] {
  if (!hold || hold.reason === null) return [];
  return [[`Marked bad by ${who(hold.by, names)}: `, theirs(hold.reason, shown.reason), ', ', date(hold.at)]];
}

/** Retry, unless a gate is shut or the change was marked bad. */
export function retry(card: Card, deployment: Ended, after: 'failed' | 'lost'): Button[] {
  if (markedBad(card).length > 0) return [];
  if (gateFor(card.gates, deployment.kind === 'roll back' ? 'roll back' : 'retry')) return [];
  return [button('retry', deployment.key, { confirm: retryQuestion(card.service, deployment, after) })];
}

/** Roll back to what it leads to, unless a gate is shut for it. */
export function rollBack(card: Card, from: Deployment, to: Ended | null): Button[] {
  if (!to || gateFor(card.gates, 'roll back')) return [];
  return [button('roll back', from.key, { confirm: rollBackQuestion(card.service, from.sha, to.sha) })];
}

/** Why continuous deployment is paused. */
export const paused = ({ pause, names }: Card): Phrase[] => (pause ? [capitalised(pauseLine(pause, names))] : []);

/** Resume, while it is paused. */
export const resume = ({ pause, change }: Card): Button[] => (pause ? [button('resume', change.key)] : []);

/** The button that takes back a request before it is sent: Withdraw for the requester, Hold for an automatic one. */
export function takeBack({ change }: Card, { key, requestedBy }: Deployment): Button {
  return requestedBy === 'pushbutton' ? button('hold', change.key) : button('withdraw', key);
}
