import type { Button } from '@slack/types';
import { shortSha } from '../../core/change/change.js';
import { formatDuration } from '../../core/duration.js';
import type { Refusal } from '../../core/refusal.js';
import type { Names } from '../../core/report.js';
import { button } from '../buttons.js';
import { shown } from '../limits.js';
import { answer, type Message } from './message.js';
import { everyone, who } from './people.js';
import { refusedAnswers } from './refusal-answers.js';
import { refusedResult } from './refusal-result.js';
import { refusedByRule } from './refusal-rules.js';
import { refusedState } from './refusal-state.js';
import { code, link, type Phrase, sha, theirs } from './rich.js';
import { named } from './words.js';

/** Which rule refused, with its numbers, and who can do it and when. Only the person who asked sees it. */
export function refusalMessage(refusal: Refusal, names: Names): Message {
  return answer(explained(refusal, names), buttonsOf(refusal));
}

function buttonsOf(refusal: Refusal): Button[] {
  if (refusal.rule === 'too many changes' && refusal.change !== null) return [button('deploy all', refusal.change)];
  return refusal.rule === 'not answered' && refusal.change !== null ? [button('deploy', refusal.change)] : [];
}

/** A refusal in sentences: which rule, with its numbers; then who can do something about it, and when. */
export function explained(refusal: Refusal, names: Names): Phrase[] {
  switch (refusal.rule) {
    case 'not a full member':
      return [
        [`Only full members of this workspace may do this, but ${NOT_FULL[refusal.why]}.`],
        ['A deployer of the service can do it; you can once an admin makes you a full member.'],
      ];
    case 'not a deployer': {
      const all = refusal.deployers.map((id) => who(id, names));
      const deployers = theirs(everyone(all, 10), 800);
      return [
        ['You are not a deployer of ', theirs(refusal.service, shown.name), '.'],
        ['Its deployers are ', deployers, '. Ask one of them, or ask to be added in the config.'],
      ];
    }
    case 'not looked up':
      if (refusal.whom === 'github')
        return [['GitHub did not answer a check that this needs, so nothing was done.'], tryAgain];
      return refusal.retryAfterMs === undefined
        ? [['Slack did not confirm that you may do this, so nothing was done.'], tryAgain]
        : [
            ['Slack limits how often Pushbutton may ask whether you may do this, so nothing was done.'],
            ['Try again in ', wholeSeconds(refusal.retryAfterMs), '.'],
          ];
    case 'unknown button':
      return [
        ['Pushbutton does not know what this button belongs to.'],
        ['Use the newest card of the service, or ', code('/release status'), '.'],
      ];
    case 'unknown service':
      return [
        ['There is no service ', theirs(refusal.service, shown.name), '.'],
        [code('/release status'), ' lists them all; new ones are added in the config.'],
      ];
    case 'not ours to re-run':
      return refusedResult(refusal);
    case 'not passed staging':
      if (refusal.result !== undefined) return refusedResult(refusal);
      return refusal.staging === 'running'
        ? [
            [sha(refusal.sha), ' has not passed staging yet: ', link(refusal.url, 'its run'), ' has not finished.'],
            ['A deployer can deploy it as soon as it passes.'],
          ]
        : [
            [sha(refusal.sha), ' failed staging: see ', link(refusal.url, 'its run'), '.'],
            ['Any full member can press Re-run on its card; a deployer can deploy it once it passes.'],
          ];
    case 'github refuses':
      return [
        [
          sha(refusal.sha),
          ' of ',
          theirs(refusal.service, shown.name),
          `: GitHub refused the ${refusal.what}: `,
          theirs(refusal.message, shown.reason),
        ],
        ['Somebody with access to the repository can look at the run on GitHub and decide there.'],
      ];
    case 'github refuses to compare':
      return [
        [
          sha(refusal.sha),
          ' of ',
          theirs(refusal.service, shown.name),
          ' was not started: GitHub refuses to compare its commits: ',
          theirs(refusal.message, shown.reason),
        ],
        [
          'The App or token must be able to read the contents of the repository, and the commit must be there. Then a deployer can deploy it. Somebody who may break the glass can deploy it without a comparison: ',
          code(`/release deploy ${refusal.service} ${shortSha(refusal.sha)} --override REASON`),
        ],
      ];
    case 're-run not seen':
      return [
        [
          sha(refusal.sha),
          ' of ',
          theirs(refusal.service, shown.name),
          ': the Re-run was sent to GitHub, but a minute later ',
          link(refusal.url, 'its run'),
          ' has not started again.',
        ],
        ['Any full member can press Re-run on its card again.'],
      ];
    case 'superseded':
      return [
        [sha(refusal.sha), ' is superseded by ', ...named(refusal.by), ', which passed staging later.'],
        [
          'A deployer can press Deploy on the newer card, or deploy the older one with ',
          code(typed(refusal.service, refusal.sha)),
          '.',
        ],
      ];
    case 'behind what is live':
      return [
        [sha(refusal.sha), ' is older than what is live, ', sha(refusal.live), ', and Deploy only goes forward.'],
        ['A deployer can go back with Roll back on the live card.'],
      ];
    case 'diverged from what is live':
      return [
        [sha(refusal.sha), ' does not contain what is live, ', sha(refusal.live), ', so it would undo changes.'],
        [
          'A deployer can deploy a commit that contains both, or roll back first. If the history of the branch was rewritten, somebody who may break the glass can deploy it: ',
          code(`/release deploy ${refusal.service} ${shortSha(refusal.sha)} --override REASON`),
          '.',
        ],
      ];
    case 'not on the branch':
      return [
        [sha(refusal.sha), ' is not on ', theirs(refusal.branch, shown.name), ', and only that branch is released.'],
        ['A deployer can deploy it once it is merged and has passed staging there.'],
      ];
    case 'nothing to roll back to':
      return [
        [theirs(refusal.service, shown.name), ' has nothing to roll back to: nothing else was live before.'],
        ['A deployer can roll back once a second change has gone live.'],
      ];
    case 'leads elsewhere':
      return [
        [
          'Roll back from ',
          sha(refusal.sha),
          ' would now deploy ',
          sha(refusal.to),
          ', not what the button named. Nothing was started.',
        ],
        ['Its card shows what Roll back deploys now; a deployer can press it there.'],
      ];
    case 'not an approver':
    case 'may not override':
    case 'own request':
    case 'author of what ships':
    case 'approved already':
    case 'signed off already':
    case 'what ships has changed':
    case 'rejected by a person':
    case 'expired':
    case 'replaced':
    case 'locked':
    case 'stopped':
    case 'frozen':
    case 'held':
    case 'too many changes':
    case 'not locked':
    case 'not stopped':
    case 'not paused':
    case 'not held':
    case 'not continuous':
    case 'nothing to replace':
      return refusedByRule(refusal, names);
    case 'not answered':
    case 'may not answer':
      return refusedAnswers(refusal, names);
    case 'nothing to give up':
    case 'already live':
    case 'no longer the last':
    case 'wrong state':
    case 'not the requester':
    case 'staging does not need it':
    case 'too far ahead':
    case 'time is over':
      return refusedState(refusal, names);
  }
}

export type NotFull = Extract<Refusal, { rule: 'not a full member' }>['why'];

/** Why somebody is not a full member, as the end of a sentence. */
export const NOT_FULL: Readonly<Record<NotFull, string>> = {
  stranger: 'you belong to another workspace',
  guest: 'you are a guest',
  deactivated: 'your account is deactivated',
  bot: 'you are a bot',
};

const wholeSeconds = (ms: number): string => formatDuration(Math.ceil(ms / 1_000) * 1_000);

const tryAgain: Phrase = ['Try again in a minute.'];

const typed = (service: string, fullSha: string) => `/release deploy ${service} ${shortSha(fullSha)}`;
