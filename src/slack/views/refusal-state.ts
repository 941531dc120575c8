import type { Refusal } from '../../core/refusal.js';
import type { Names } from '../../core/report.js';
import { who } from './people.js';
import { date, link, type Phrase, sha } from './rich.js';
import { capital, STATUS } from './words.js';

type OfState = Extract<
  Refusal,
  { rule: 'already live' | 'no longer the last' | 'wrong state' | 'not the requester' | 'staging does not need it' }
>;

/** Refusals because of where a deployment or a change stands. */
export function refusedState(refusal: OfState, names: Names): Phrase[] {
  switch (refusal.rule) {
    case 'already live':
      return [
        [sha(refusal.sha), ' is live already, since ', date(refusal.since), ', by ', who(refusal.by, names), '.'],
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
        ['A deployer goes on from the card of ', sha(last.sha), '.'],
      ];
    }
    case 'wrong state': {
      const { by, at } = refusal;
      const since: Phrase = at ? [' since ', date(at)] : [];
      const ender = refusal.status === 'rejected' || refusal.status === 'withdrawn';
      const approver = refusal.approvedBy ? `, approved by ${who(refusal.approvedBy, names)}` : '';
      const whose = `${by ? `, ${ender ? 'by' : 'asked by'} ${who(by, names)}` : ''}${approver}`;
      return [
        [
          `${capital(refusal.what)} is not possible now: `,
          sha(refusal.sha),
          ` is ${is(refusal.status)}`,
          ...since,
          `${whose}.`,
        ],
        [possible[refusal.what] ?? 'Its card shows what can be done.'],
      ];
    }
    case 'not the requester':
      return [
        ['Only who asked for it may withdraw ', sha(refusal.sha), `: ${who(refusal.requestedBy, names)}.`],
        ['A deployer can press Cancel once its run has started.'],
      ];
    case 'staging does not need it':
      return refusal.staging === 'running'
        ? [
            [sha(refusal.sha), ' runs in staging again already: ', link(refusal.url, 'its run'), '.'],
            ['Any full member can press Re-run if it fails once more.'],
          ]
        : [
            [sha(refusal.sha), ' has passed staging by now: ', link(refusal.url, 'its run'), '.'],
            ['A re-run is for changes that failed; a deployer can deploy this one.'],
          ];
  }
}

const is = (status: keyof typeof STATUS) => (status === 'failed' ? 'a deployment that failed' : STATUS[status]);

/** When each press would be possible, by its type as core names it. */
const possible: Readonly<Record<string, string>> = {
  cancel: 'A deployer can cancel while the run is deploying or hung.',
  withdraw: 'Its requester can withdraw it while it is queued; a deployer can cancel its run afterwards.',
  approve: 'It can be approved while it waits for approval; its card shows what can be done.',
  reject: 'It can be rejected while it waits for approval; its card shows what can be done.',
  hold: 'Hold stops a change before it starts; a deployer can press Cancel now.',
  replace: 'It can take the place of older ones while it is queued.',
  retry: 'A deployer can retry after it has failed or was lost; otherwise Deploy is on the newest card.',
  'roll back': 'A deployer can roll back once it has ended.',
};
