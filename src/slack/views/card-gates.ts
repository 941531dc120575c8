import type { Button } from '@slack/types';
import type { Card, Ships } from '../../core/card.js';
import { shortSha } from '../../core/change/change.js';
import type { Gated, Of } from '../../core/deployment/deployment.js';
import type { Offering } from '../../core/offering.js';
import type { Names } from '../../core/report.js';
import { type Gate, gateFor } from '../../core/service/gates.js';
import type { Pause } from '../../core/service/service.js';
import type { Standing } from '../../core/standing.js';
import { button } from '../buttons.js';
import { shown } from '../limits.js';
import { paceLine } from './pace.js';
import { everyone, who } from './people.js';
import { code, date, type Phrase, theirs } from './rich.js';
import { deployAsks } from './ships.js';
import { capital, counted } from './words.js';

/** One gate: its word, who shut it and why, since when, until when. */
export function gateLine(gate: Gate, names: Names): Phrase {
  switch (gate.gate) {
    case 'locked':
      return [
        `locked by ${who(gate.by, names)}: `,
        theirs(gate.reason, shown.reason),
        ', since ',
        date(gate.since),
        ...(gate.until ? [', until ', date(gate.until)] : []),
      ];
    case 'stopped':
      return [
        `everything is stopped by ${who(gate.by, names)}: `,
        theirs(gate.reason, shown.reason),
        ', since ',
        date(gate.since),
      ];
    case 'frozen':
      return ['frozen: ', theirs(gate.reason, shown.reason), ', until ', date(gate.until)];
  }
}

const PAUSED: Readonly<Record<Pause['why'], string>> = {
  failed: 'its last deployment failed',
  cancelled: 'its last deployment was cancelled',
  lost: 'its last deployment was lost',
  'rolled back': 'a rollback was requested',
  'roll back failed': 'the rollback that began by itself did not go live',
};

/** Why continuous deployment waits for a person. */
export function pauseLine({ why, by, since }: Pause, names: Names): Phrase {
  const whose = by === 'pushbutton' ? '' : ` by ${who(by, names)}`;
  const what = why === 'lost' && whose !== '' ? 'its last deployment was given up' : PAUSED[why];
  const paused = why === 'roll back failed' ? 'everything' : 'continuous deployment';
  return [`${paused} is paused: ${what}${whose}, `, date(since)];
}

/** The gate that a deployment waited for, and how long. */
export function gatedLine({ gate, by, reason, since, until }: Gated, names: Names): Phrase {
  const whose = by === null ? '' : ` by ${who(by, names)}`;
  const held: Phrase = [`${gate}${whose}: `, theirs(reason, shown.reason)];
  return until === null
    ? ['Waiting since ', date(since), ', ', ...held, '; it continues automatically afterwards']
    : ['It waited from ', date(since), ' to ', date(until), ', ', ...held];
}

/** The parts of a card that decide what is offered. */
type Offered = Pick<Card, 'service' | 'names' | 'gates' | keyof Offering> & {
  readonly change: Pick<Card['change'], 'key' | 'sha'>;
};

/** What is offered for a change that passed: Deploy, what continuous deployment offers instead, or why nothing is. */
export function offered(
  card: Offered,
  stands: Standing,
  ships: Ships | null,
): { readonly words: Phrase; readonly lines: readonly Phrase[]; readonly buttons: readonly Button[] } {
  const { change, service, names, gates, shared, asks } = card;
  const whatShips = button('what ships', change.key);
  const whyNot = button('why not', change.key);
  const asked = deployAsks(asks, service, change.sha, ships);
  const deploy = shared ? [] : [button('deploy', change.key, asked)];
  const elsewhere: Phrase[] = shared
    ? [
        [
          'Other organisations read this channel, so there is no Deploy here; a deployer can type ',
          code(`/release deploy ${service} ${shortSha(change.sha)}`),
        ],
      ]
    : [];
  switch (stands.is) {
    case 'ready':
      return { words: [], lines: elsewhere, buttons: [...deploy, whatShips] };
    case 'shut': {
      const [first, ...others] = gates.map((gate) => gateLine(gate, names));
      return { words: first ? [' · ', ...first] : [], lines: others.map(capitalised), buttons: [whyNot, whatShips] };
    }
    case 'bad':
      return {
        words: [` · marked bad by ${who(stands.hold.by, names)}`],
        lines: [['Nobody can deploy it: ', theirs(stands.hold.reason ?? '', shown.reason), ', ', date(stands.hold.at)]],
        buttons: [whyNot, whatShips],
      };
    case 'paused':
      return {
        words: [' · paused'],
        lines: [capitalised(pauseLine(stands.pause, names))],
        buttons: [button('resume', change.key), whyNot, whatShips],
      };
    case 'holding':
      return {
        words: [' · deploying in: ', date(stands.at)],
        lines: [
          ['It deploys by itself then, or later if something else is still under way'],
          ...(stands.pace ? [capitalised(paceLine(stands.pace))] : []),
          ...elsewhere,
        ],
        buttons: [button('hold', change.key), ...(shared ? [] : [button('deploy now', change.key, asked)]), whatShips],
      };
    case 'held':
      return {
        words: [` · held by ${who(stands.hold.by, names)}, `, date(stands.hold.at)],
        lines: [['It does not deploy by itself; a newer change will'], ...elsewhere],
        buttons: [...deploy, whatShips],
      };
    case 'by hand':
      return {
        words: [],
        lines: [['It does not deploy by itself: what is live is not known, so a person decides'], ...elsewhere],
        buttons: [...deploy, whatShips],
      };
  }
}

/** With a capital letter, as a sentence of its own. */
export function capitalised(phrase: Phrase): Phrase {
  const [first, ...rest] = phrase;
  return typeof first === 'string' ? [capital(first), ...rest] : phrase;
}

/** Who may approve, until when, and what stands in the way. */
export function approvalLines(card: Card, deployment: Of<'waiting'>): Phrase[] {
  const { names, approvers, unmatched, gates, fourEyes } = card;
  const { approvals, required, voided, expiresAt } = deployment;
  const missing = required - approvals.length;
  const may = everyone(
    approvers.filter((id) => id !== deployment.requestedBy).map((id) => who(id, names)),
    10,
  );
  const given: Phrase[] =
    approvals.length > 0 ? [[`Approved by ${everyone(approvals.map(({ user }) => who(user, names)))}`]] : [];
  return [
    ...(voided === null ? [] : [[`Earlier approvals are void: ${voided}`]]),
    ...given,
    [
      `${counted(missing, 'approval')} missing, from `,
      theirs(may, 600),
      fourEyes && deployment.kind !== 'roll back' ? ' (authors excluded), until ' : ', until ',
      date(expiresAt),
    ],
    ...(deployment.startAt
      ? [['To start ', date(deployment.startAt), ', or once it is approved if that is later']]
      : []),
    ...(unmatched !== null && unmatched.length > 0
      ? [['Authors not found in Slack: ', theirs(everyone(unmatched, 10), shown.reason)]]
      : []),
    ...gates
      .filter((gate) => gateFor([gate], deployment.kind) !== null)
      .map((gate): Phrase => ['Once approved, it waits: ', ...gateLine(gate, names)]),
  ];
}
