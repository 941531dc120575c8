import type { Status } from '../../core/deployment/deployment.js';
import { formatDuration } from '../../core/duration.js';
import type { Refusal } from '../../core/refusal.js';
import type { Names } from '../../core/report.js';
import { shown } from '../limits.js';
import { who } from './people.js';
import { date, link, type Phrase, sha, theirs } from './rich.js';
import { capital, STATUS } from './words.js';

type OfState = Extract<
  Refusal,
  {
    rule:
      | 'already live'
      | 'no longer the last'
      | 'wrong state'
      | 'nothing to give up'
      | 'not the requester'
      | 'staging does not need it'
      | 'too far ahead'
      | 'time is over';
  }
>;

/** Refusals because of the state of a deployment or a change. */
export function refusedState(refusal: OfState, names: Names): Phrase[] {
  switch (refusal.rule) {
    case 'already live':
      return [
        [
          sha(refusal.sha),
          ' is already live since ',
          date(refusal.since),
          ', requested by ',
          who(refusal.by, names),
          '.',
        ],
        ['Nothing needs to be done; it can be deployed again once something else is live.'],
      ];
    case 'no longer the last': {
      const { last } = refusal;
      return [
        [
          sha(refusal.sha),
          ` (${STATUS[refusal.status]}) is not the last deployment: `,
          sha(last.sha),
          ` (${STATUS[last.status]}) came after it.`,
        ],
        ['A deployer can continue from the card of ', sha(last.sha), '.'],
      ];
    }
    case 'wrong state': {
      const { by, at } = refusal;
      const ender = refusal.status === 'rejected' || refusal.status === 'withdrawn';
      const approver = refusal.approvedBy ? `, approved by ${who(refusal.approvedBy, names)}` : '';
      const whose = `${by ? `, ${ender ? 'by' : 'requested by'} ${who(by, names)}` : ''}${approver}`;
      return [
        [
          `${capital(refusal.what)} is not possible now: `,
          sha(refusal.sha),
          ' ',
          ...(at ? hasCome(refusal.status, at) : [`is ${STATUS[refusal.status]}`]),
          `${whose}.`,
        ],
        [possible[refusal.what] ?? 'Its card shows what can be done.'],
      ];
    }
    case 'not the requester':
      return [
        ['Only the requester may withdraw ', sha(refusal.sha), `: ${who(refusal.requestedBy, names)}.`],
        ['A deployer can press Cancel once its run has started.'],
      ];
    case 'nothing to give up':
      return refusal.status === null
        ? [
            ['No run of ', theirs(refusal.service, shown.name), ' is under way.'],
            ['Somebody who may break the glass can give up a run that is hung, or that should have been cancelled.'],
          ]
        : [
            [
              theirs(refusal.service, shown.name),
              ` is ${STATUS[refusal.status]}, and GitHub has not been slow to end it.`,
            ],
            [
              refusal.status === 'deploying'
                ? 'A deployer can press Cancel first; it can be given up when GitHub has not done that within a minute.'
                : 'It can be given up once the operators were told that GitHub does not say whether there is a run.',
            ],
          ];
    case 'too far ahead':
      return [
        [
          sha(refusal.sha),
          ' of ',
          theirs(refusal.service, shown.name),
          ' cannot be requested for ',
          date(refusal.at),
          `: that is more than ${formatDuration(refusal.mostMs)} ahead.`,
        ],
        ['A deployer can request it for a sooner time, or again when that time is nearer.'],
      ];
    case 'time is over':
      return [
        [
          'It was ',
          date(refusal.at),
          ' more than an hour ago when the request for ',
          sha(refusal.sha),
          ' of ',
          theirs(refusal.service, shown.name),
          ' could be handled, so nothing was started.',
        ],
        ['A deployer can request it again.'],
      ];
    case 'staging does not need it':
      return refusal.staging === 'running'
        ? [
            [sha(refusal.sha), ' is already running in staging again: ', link(refusal.url, 'its run'), '.'],
            ['Any full member can press Re-run if it fails again.'],
          ]
        : [
            [sha(refusal.sha), ' has passed staging: ', link(refusal.url, 'its run'), '.'],
            ['A re-run is for changes that failed; a deployer can deploy this one.'],
          ];
  }
}

/** How a deployment ended, and when. */
const hasCome = (status: Status, at: Date): Phrase => {
  switch (status) {
    case 'live':
    case 'lost':
      return [`has been ${STATUS[status]} since `, date(at)];
    case 'failed':
    case 'expired':
      return [`${STATUS[status]} `, date(at)];
    default:
      return [`was ${STATUS[status]} `, date(at)];
  }
};

/** When each press is possible, by its type in core. */
const possible: Readonly<Record<string, string>> = {
  cancel: 'A deployer can cancel while the run is deploying or hung.',
  withdraw: 'Its requester can withdraw it while it is queued; a deployer can cancel its run afterwards.',
  approve: 'It can be approved while it waits for approval; its card shows what can be done.',
  reject: 'It can be rejected while it waits for approval; its card shows what can be done.',
  hold: 'Hold stops a change before it starts; a deployer can press Cancel now.',
  replace: 'It can replace older deployments while it is queued.',
  continue: 'A deployer can press Continue while a stage bakes or waits for it.',
  'stop here': 'A deployer can stop it between two stages; while a run goes on, Cancel is on the card.',
  retry: 'A deployer can retry it after it failed, was lost or was stopped; otherwise Deploy is on the newest card.',
  'roll back': 'A deployer can roll back once it has ended, or between two stages.',
};
