import type { Refusal } from '../../core/refusal.js';
import type { Names } from '../../core/report.js';
import { shown } from '../limits.js';
import { everyone, who } from './people.js';
import { code, date, joined, type Phrase, sha, theirs } from './rich.js';
import { counted } from './words.js';

type OfRules = Extract<
  Refusal,
  {
    rule:
      | 'not an approver'
      | 'may not override'
      | 'own request'
      | 'author of what ships'
      | 'approved already'
      | 'signed off already'
      | 'what ships has changed'
      | 'rejected by a person'
      | 'expired'
      | 'replaced'
      | 'locked'
      | 'stopped'
      | 'frozen'
      | 'held'
      | 'too many changes'
      | 'not locked'
      | 'not stopped'
      | 'not paused'
      | 'not held'
      | 'not continuous'
      | 'nothing to replace';
  }
>;

/** Refusals by approval rules and gates. The second sentence says who can do it instead, or when. */
export function refusedByRule(refusal: OfRules, names: Names): Phrase[] {
  const people = (ids: readonly string[]) =>
    theirs(
      everyone(
        ids.map((id) => who(id, names)),
        10,
      ),
      800,
    );
  switch (refusal.rule) {
    case 'not an approver':
      return [
        ['You are not an approver of ', theirs(refusal.service, shown.name), '.'],
        ['Its approvers are ', people(refusal.approvers), '.'],
      ];
    case 'may not override':
      return refusal.override.length > 0
        ? [
            ['You may not break the glass for ', theirs(refusal.service, shown.name), '.'],
            ['These people may: ', people(refusal.override), '.'],
          ]
        : [
            ['Nobody may break the glass for ', theirs(refusal.service, shown.name), '.'],
            ['To allow it, list people in the config under ', code('override'), '.'],
          ];
    case 'own request':
      return [
        [sha(refusal.sha), ' is your own request, which you cannot approve or sign off.'],
        ['Another approver can do it.'],
      ];
    case 'author of what ships':
      return [
        [
          'You wrote, or helped to write, ',
          ...joined(
            refusal.commits.slice(0, 5).map((commit): Phrase => [sha(commit)]),
            ', ',
          ),
          ...(refusal.commits.length > 5 ? [` and ${refusal.commits.length - 5} more`] : []),
          ' of what ships with ',
          sha(refusal.sha),
          ', so you cannot approve it.',
        ],
        ['An approver who wrote none of it can.'],
      ];
    case 'approved already':
      return [
        ['You already approved ', sha(refusal.sha), ', ', date(refusal.at), '.'],
        ['Another approver must approve it.'],
      ];
    case 'signed off already':
      return [
        [sha(refusal.sha), ` was already signed off by ${who(refusal.by, names)}, `, date(refusal.at), '.'],
        ['Nothing needs to be done.'],
      ];
    case 'what ships has changed':
      return [
        [`What ships with `, sha(refusal.sha), ` is not what was submitted for approval: ${refusal.why}.`],
        ['Nothing was approved. Check on its card what would ship now, and press Approve again.'],
      ];
    case 'rejected by a person':
      return [
        [
          sha(refusal.sha),
          ' of ',
          theirs(refusal.service, shown.name),
          ` was rejected by ${who(refusal.by, names)}: `,
          theirs(refusal.reason, shown.reason),
        ],
        ['Talk to them; a deployer can request it again from its card.'],
      ];
    case 'expired':
      return [
        [
          sha(refusal.sha),
          ' of ',
          theirs(refusal.service, shown.name),
          ' has expired and was not started: ',
          theirs(refusal.reason, shown.reason),
          '.',
        ],
        ['A deployer can request it again from its card.'],
      ];
    case 'replaced':
      return [
        [
          sha(refusal.sha),
          ' of ',
          theirs(refusal.service, shown.name),
          ` ships with the newer `,
          sha(refusal.newer),
          `, not before it: ${who(refusal.by, names)} replaced it in the queue.`,
        ],
        ['Nothing needs to be done.'],
      ];
    case 'locked':
      return [
        [
          theirs(refusal.service, shown.name),
          ` is locked by ${who(refusal.by, names)}: `,
          theirs(refusal.reason, shown.reason),
          ', since ',
          date(refusal.since),
          '.',
        ],
        [
          refusal.until ? 'The lock ends ' : 'The lock has no end',
          ...(refusal.until ? [date(refusal.until)] : []),
          '; they or any deployer can remove it: ',
          code(`/release unlock ${refusal.service}`),
          '.',
        ],
      ];
    case 'stopped':
      return [
        [
          `Everything is stopped by ${who(refusal.by, names)}: `,
          theirs(refusal.reason, shown.reason),
          ', since ',
          date(refusal.since),
          '.',
        ],
        ['Any deployer can end the stop: ', code('/release resume'), '.'],
      ];
    case 'frozen':
      return [
        [theirs(refusal.service, shown.name), ' is frozen: ', theirs(refusal.reason, shown.reason), '.'],
        [
          'It can be deployed from ',
          date(refusal.until),
          '; until then only those who may break the glass can, with a reason.',
        ],
      ];
    case 'held':
      return [
        [
          sha(refusal.sha),
          ` is marked bad by ${who(refusal.by, names)}: `,
          theirs(refusal.reason, shown.reason),
          ', since ',
          date(refusal.since),
          '.',
        ],
        ['A deployer can clear that: ', code(`/release resume ${refusal.sha.slice(0, 7)}`), '.'],
      ];
    case 'too many changes':
      return [
        [
          sha(refusal.sha),
          ` would ship ${counted(refusal.count, 'change')} at once, more than the ${refusal.most} that `,
          theirs(refusal.service, shown.name),
          ' ships without a confirmation.',
          ...(refusal.at ? [' It was requested for ', date(refusal.at), '.'] : []),
        ],
        [
          refusal.change === null
            ? 'Nothing was started. A deployer can request it again and confirm the number.'
            : 'Nothing was started. Press the button below to deploy all of them, or deploy an older change first.',
        ],
      ];
    case 'not locked':
      return [
        [theirs(refusal.service, shown.name), ' is not locked.'],
        ['A deployer can lock it: ', code(`/release lock ${refusal.service} REASON`), '.'],
      ];
    case 'not stopped':
      return [['Nothing is stopped.'], ['A deployer can stop everything: ', code('/release stop REASON'), '.']];
    case 'not paused':
      return [
        [theirs(refusal.service, shown.name), ' is not paused.'],
        ['It deploys by itself; a deployer can stop a change with Hold on its card.'],
      ];
    case 'not held':
      return [
        [sha(refusal.sha), ' is neither held nor marked bad.'],
        ['A deployer can mark it bad: ', code(`/release hold ${refusal.sha.slice(0, 7)} REASON`), '.'],
      ];
    case 'not continuous':
      return [
        [theirs(refusal.service, shown.name), ' does not deploy by itself: a deployer presses Deploy.'],
        ['The config can change that with ', code('mode: continuous'), '.'],
      ];
    case 'nothing to replace':
      return [
        ['No older deployment is queued that ', sha(refusal.sha), ' could replace.'],
        ['It starts when its turn comes; its card shows its place.'],
      ];
  }
}
