import type { Refusal, Rule } from '../../src/core/refusal.js';
import { minutesAgo, newer, run, shaOf } from './given.js';
import { resultRefusals } from './result-refusals.js';

const sha = shaOf('a');
const url = run.url;

type Told = [Extract<Refusal, { rule: 'wrong state' }>, string[]];

/** A refusal by every rule, with words that it must be told in. */
export const refusals: { [R in Rule]: [Extract<Refusal, { rule: R }>, string[]][] } = {
  'not a full member': (
    [
      ['stranger', 'but you belong to another workspace'],
      ['guest', 'but you are a guest'],
      ['deactivated', 'but your account is deactivated'],
      ['bot', 'but you are a bot'],
    ] as const
  ).map(([why, said]) => [
    { rule: 'not a full member', why },
    [`Only full members of this workspace may do this, ${said}.`],
  ]),
  'not a deployer': [
    [
      { rule: 'not a deployer', service: 'shop', deployers: ['U0ALICE', 'S0DEPLOY'] },
      ['not a deployer of shop', 'Alice and S0DEPLOY'],
    ],
  ],
  'not looked up': [
    [
      { rule: 'not looked up', whom: 'slack' },
      ['Slack did not confirm that you may do this, so nothing was done', 'Try again in a minute'],
    ],
    [
      { rule: 'not looked up', whom: 'github' },
      ['GitHub did not answer a check that this needs, so nothing was done', 'Try again in a minute'],
    ],
  ],
  'github refuses': [
    [
      { rule: 'github refuses', what: 'Cancel', service: 'shop', sha, message: 'Must have admin rights' },
      ['aaaaaaa', 'GitHub refused the Cancel', 'Must have admin rights'],
    ],
  ],
  'github refuses to compare': [
    [
      { rule: 'github refuses to compare', service: 'shop', sha, message: 'Not Found (404)' },
      ['aaaaaaa of shop was not started', 'Not Found (404)', 'read the contents'],
    ],
  ],
  're-run not seen': [
    [{ rule: 're-run not seen', service: 'shop', sha, url }, ['aaaaaaa of shop', 'has not started again', 'Re-run']],
  ],
  'not answered': [
    [
      {
        ...{
          rule: 'not answered',
          service: 'shop',
          sha,
          missing: ['strategy', 'note'],
          checks: ['The runbook was read'],
        },
        ...{ wrong: ['region=mars'], change: 'key' },
      },
      [
        ...['shop asks questions before it is deployed, so aaaaaaa was not requested: not answered: strategy, note'],
        ...['not ticked: The runbook was read', 'not offered: region=mars', 'press Deploy'],
        '/release deploy shop aaaaaaa strategy=… note=… --checked',
      ],
    ],
    [
      { rule: 'not answered', service: 'shop', sha, missing: ['note'], checks: [], wrong: [], change: null },
      ['A deployer can type /release deploy shop aaaaaaa note=…'],
    ],
  ],
  'may not answer': [
    [
      {
        ...{ rule: 'may not answer', service: 'shop', label: 'Run the migrations?', answer: 'yes', standard: 'no' },
        answerers: ['U0ALICE', 'S0LEADS'],
      },
      [
        'You may not answer Run the migrations? of shop with yes, so nothing was started',
        'These people may: Alice and S0LEADS',
        'the default, no',
      ],
    ],
    [
      {
        ...{ rule: 'may not answer', service: 'shop', label: 'Note', answer: 'x', standard: '' },
        answerers: ['U0ALICE'],
      },
      ['You can deploy it without that answer'],
    ],
  ],
  'unknown button': [[{ rule: 'unknown button' }, ['/release status']]],
  'unknown service': [[{ rule: 'unknown service', service: 'shopp' }, ['no service shopp']]],
  'not passed staging': [
    [{ rule: 'not passed staging', sha, staging: 'running', url }, ['aaaaaaa has not passed staging yet']],
    [{ rule: 'not passed staging', sha, staging: 'failed', url }, ['aaaaaaa failed staging', 'Re-run']],
    ...resultRefusals,
  ],
  superseded: [
    [
      { rule: 'superseded', service: 'shop', sha, by: newer },
      ['superseded by bbbbbbb “Newer title”', '/release deploy shop aaaaaaa'],
    ],
  ],
  'already live': [
    [
      { rule: 'already live', sha, since: minutesAgo(5), by: 'U0ALICE' },
      ['is already live since 2026-11-23 08:55 UTC, requested by Alice'],
    ],
  ],
  'behind what is live': [
    [{ rule: 'behind what is live', sha, live: shaOf('9') }, ['older than what is live, 9999999', 'Roll back']],
  ],
  'diverged from what is live': [
    [
      { rule: 'diverged from what is live', service: 'shop', sha, live: shaOf('9') },
      ['does not contain what is live, 9999999', '/release deploy shop aaaaaaa --override REASON'],
    ],
  ],
  'not on the branch': [[{ rule: 'not on the branch', sha, branch: 'main' }, ['not on main']]],
  'nothing to roll back to': [
    [{ rule: 'nothing to roll back to', service: 'shop' }, ['shop has nothing to roll back to']],
  ],
  'leads elsewhere': [
    [
      { rule: 'leads elsewhere', service: 'shop', sha, to: shaOf('9') },
      ['from aaaaaaa would now deploy 9999999', 'Nothing was started'],
    ],
  ],
  'too far ahead': [
    [
      { rule: 'too far ahead', service: 'shop', sha, at: minutesAgo(-14_400), mostMs: 604_800_000 },
      ['aaaaaaa of shop cannot be requested for 2026-12-03 09:00 UTC', 'more than 7 d ahead', 'sooner time'],
    ],
  ],
  'time is over': [
    [
      { rule: 'time is over', service: 'shop', sha, at: minutesAgo(90) },
      ['It was 2026-11-23 07:30 UTC more than an hour ago', 'nothing was started', 'request it again'],
    ],
  ],
  expired: [
    [
      { rule: 'expired', service: 'shop', sha, reason: 'approvals missing: 0 of 1' },
      ['aaaaaaa of shop has expired and was not started: approvals missing: 0 of 1', 'request it again'],
    ],
  ],
  'no longer the last': [
    [
      { rule: 'no longer the last', sha, status: 'failed', last: { sha: shaOf('b'), status: 'deploying' } },
      ['aaaaaaa (failed in production)', 'bbbbbbb (deploying)'],
    ],
  ],
  'wrong state': [
    ...(['cancel', 'withdraw', 'retry', 'roll back', 'deploy'] as const).map(
      (what): Told => [
        { rule: 'wrong state', what, sha, status: 'live', by: 'U0ALICE', at: minutesAgo(5) },
        ['is not possible now', 'aaaaaaa has been live since 2026-11-23 08:55 UTC, requested by Alice'],
      ],
    ),
    ...(
      [
        ['failed', 'aaaaaaa failed in production 2026-11-23 08:55 UTC, requested by Alice.'],
        ['lost', 'aaaaaaa has been lost since 2026-11-23 08:55 UTC, requested by Alice.'],
        ['rejected', 'aaaaaaa was rejected 2026-11-23 08:55 UTC, by Alice.'],
        ['expired', 'aaaaaaa expired 2026-11-23 08:55 UTC, requested by Alice.'],
        ['cancelled', 'aaaaaaa was cancelled 2026-11-23 08:55 UTC, requested by Alice.'],
      ] as const
    ).map(
      ([status, said]): Told => [
        { rule: 'wrong state', what: 'cancel', sha, status, by: 'U0ALICE', at: minutesAgo(5) },
        [`Cancel is not possible now: ${said}`],
      ],
    ),
    [
      { rule: 'wrong state', what: 'retry', sha, status: 'queued', by: 'U0ALICE', at: null },
      ['Retry is not possible now: aaaaaaa is queued, requested by Alice.'],
    ],
  ],
  'not the requester': [
    [{ rule: 'not the requester', sha, requestedBy: 'U0ALICE' }, ['Only the requester', 'Alice', 'Cancel']],
  ],
  'not an approver': [
    [
      { rule: 'not an approver', service: 'shop', approvers: ['U0BOB', 'S0LEADS'] },
      ['not an approver of shop', 'Bob and S0LEADS'],
    ],
  ],
  'may not override': [
    [{ rule: 'may not override', service: 'shop', override: ['U0BOB'] }, ['break the glass for shop', 'Bob']],
    [{ rule: 'may not override', service: 'shop', override: [] }, ['Nobody may break the glass', 'override']],
  ],
  'own request': [[{ rule: 'own request', sha }, ['aaaaaaa is your own request', 'Another']]],
  'author of what ships': [
    [
      { rule: 'author of what ships', sha, commits: ['1', '2', '3', '4', '5', '6'].map(shaOf) },
      ['1111111, 2222222', 'and 1 more', 'wrote none of it'],
    ],
  ],
  'approved already': [
    [{ rule: 'approved already', sha, at: minutesAgo(5) }, ['already approved aaaaaaa', '2026-11-23 08:55 UTC']],
  ],
  'signed off already': [
    [{ rule: 'signed off already', sha, by: 'U0BOB', at: minutesAgo(5) }, ['already signed off by Bob']],
  ],
  'what ships has changed': [
    [
      { rule: 'what ships has changed', sha, why: 'it contains additional changes' },
      ['contains additional changes', 'Nothing was approved', 'press Approve again'],
    ],
  ],
  'rejected by a person': [
    [
      { rule: 'rejected by a person', service: 'shop', sha, by: 'U0BOB', reason: 'Not before the fair' },
      ['aaaaaaa of shop was rejected by Bob: Not before the fair'],
    ],
  ],
  replaced: [
    [
      { rule: 'replaced', service: 'shop', sha, by: 'U0BOB', newer: shaOf('b') },
      ['aaaaaaa of shop ships with the newer bbbbbbb', 'Bob'],
    ],
  ],
  locked: [
    [
      { rule: 'locked', service: 'shop', by: 'U0BOB', reason: 'Moving house', since: minutesAgo(9), until: null },
      ['shop is locked by Bob: Moving house', '2026-11-23 08:51 UTC', 'no end', '/release unlock shop'],
    ],
    [
      { rule: 'locked', service: 'shop', by: 'U0BOB', reason: 'x', since: minutesAgo(9), until: minutesAgo(-60) },
      ['The lock ends 2026-11-23 10:00 UTC'],
    ],
  ],
  stopped: [
    [
      { rule: 'stopped', service: 'shop', by: 'U0BOB', reason: 'Fire', since: minutesAgo(9) },
      ['Everything is stopped by Bob: Fire', '/release resume'],
    ],
  ],
  frozen: [
    [
      { rule: 'frozen', service: 'shop', reason: 'Friday', since: minutesAgo(9), until: minutesAgo(-60) },
      ['shop is frozen: Friday', 'from 2026-11-23 10:00 UTC', 'break the glass'],
    ],
  ],
  held: [
    [
      { rule: 'held', service: 'shop', sha, by: 'U0BOB', reason: 'Loses orders', since: minutesAgo(9) },
      ['aaaaaaa is marked bad by Bob: Loses orders', '/release resume aaaaaaa'],
    ],
  ],
  'too many changes': [
    [
      { rule: 'too many changes', service: 'shop', sha, count: 25, most: 20, change: 'change-key' },
      ['would ship 25 changes at once, more than the 20', 'Press the button'],
    ],
    [
      { rule: 'too many changes', service: 'shop', sha, count: 25, most: 20, change: null },
      ['25 changes', 'Nothing was started'],
    ],
  ],
  'nothing to give up': [
    [{ rule: 'nothing to give up', service: 'shop', status: null }, ['No run of shop is under way']],
    [
      { rule: 'nothing to give up', service: 'shop', status: 'deploying' },
      ['shop is deploying, and GitHub has not been slow to end it', 'Cancel'],
    ],
  ],
  'not locked': [[{ rule: 'not locked', service: 'shop' }, ['shop is not locked', '/release lock shop REASON']]],
  'not stopped': [[{ rule: 'not stopped' }, ['Nothing is stopped', '/release stop REASON']]],
  'not paused': [[{ rule: 'not paused', service: 'shop' }, ['shop is not paused', 'Hold']]],
  'not held': [
    [
      { rule: 'not held', service: 'shop', sha },
      ['aaaaaaa is neither held nor marked bad', 'mark it bad: /release hold aaaaaaa REASON'],
    ],
  ],
  'not continuous': [
    [{ rule: 'not continuous', service: 'shop' }, ['shop does not deploy by itself', 'mode: continuous']],
  ],
  'nothing to replace': [
    [{ rule: 'nothing to replace', service: 'shop', sha }, ['No older deployment is queued that aaaaaaa']],
  ],
  'not ours to re-run': [
    [
      { rule: 'not ours to re-run', service: 'shop', sha, result: 'security/scan (snyk)', url },
      ['security/scan', 'no workflow', 'where it comes from'],
    ],
  ],
  'staging does not need it': [
    [{ rule: 'staging does not need it', sha, staging: 'running', url }, ['already running in staging again']],
    [{ rule: 'staging does not need it', sha, staging: 'passed', url }, ['has passed staging']],
  ],
};
