import type { Ships } from '../../core/card.js';
import { shortSha } from '../../core/change/change.js';
import type { Deployment, Ended } from '../../core/deployment/deployment.js';
import type { Question } from '../buttons.js';
import { answeredPlainly } from './answered.js';
import { howMany } from './ships.js';
import { namedPlainly, plainService } from './words.js';

/** A confirmation takes 300 characters in all; the card shows more. */
const MOST_ANSWERS = 110;

/** What Cancel asks: the run is stopped, not undone. */
export function cancelQuestion(service: string, sha: string): Question {
  return {
    title: 'Cancel the run',
    text: `Cancel the production run of ${namedPlainly(service, sha)}? What it has already done is not undone.`,
    yes: 'Cancel the run',
    no: 'Let it run',
  };
}

/** What Approve asks: what is approved, with the number of changes; a rollback ships none. */
export function approveQuestion(
  service: string,
  { sha, kind, answered }: Pick<Deployment, 'sha' | 'kind' | 'answered'>,
  ships: Ships | null,
): Question {
  const what =
    kind === 'roll back'
      ? `Approve the rollback of ${plainService(service)} to ${shortSha(sha)}? It deploys what was live before; nothing new ships.`
      : `Approve ${namedPlainly(service, sha)} for production? ${howMany(ships)}`;
  const answers = answeredPlainly({ answered }, MOST_ANSWERS);
  return {
    title: kind === 'roll back' ? 'Approve the rollback' : 'Approve for production',
    text: `${what}${answers === '' ? '' : ` Answers: ${answers}.`} This approves nothing else.`,
    yes: 'Approve',
    no: 'Not now',
  };
}

/** What Continue asks. `next`: the stage that starts then; null: it is live then. */
export function continueQuestion(service: string, sha: string, stage: string, next: string | null): Question {
  const then = next === null ? 'Then it is live.' : `Then ${next} starts, with every rule asked again.`;
  return {
    title: next === null ? 'End the bake' : `Go on to ${next}`,
    text: `Go on with ${namedPlainly(service, sha)} after ${stage}? The rest of its bake is skipped. ${then}`,
    yes: 'Continue',
    no: 'Not now',
  };
}

/** What Stop here asks: nothing is undone. */
export function stopHereQuestion(service: string, sha: string, stage: string): Question {
  return {
    title: `Stop at ${stage}`,
    text: `Stop ${namedPlainly(service, sha)} at ${stage}? It stays there, and goes nowhere else. Retry goes on later.`,
    yes: 'Stop here',
    no: 'Let it go on',
  };
}

/** What Retry asks. A lost start may have made a run all the same, so the person should check. */
export function retryQuestion(
  service: string,
  { sha, answered, run }: Pick<Ended, 'sha' | 'answered' | 'run'>,
  after: 'failed' | 'lost',
): Question {
  const why =
    after === 'lost'
      ? run !== null
        ? 'The run of the last start may still go on; check on GitHub first.'
        : 'No run of the last start was found; check on GitHub first.'
      : 'This starts a new run of the same commit.';
  const answers = answeredPlainly({ answered }, MOST_ANSWERS);
  const kept = answers === '' ? '' : ` It keeps its answers: ${answers}.`;
  return {
    title: 'Deploy again',
    text: `Deploy ${namedPlainly(service, sha)} to production again? ${why}${kept}`,
    yes: 'Retry',
    no: 'Not now',
  };
}

/** What Roll back asks: what is rolled back, and what is deployed instead. */
export function rollBackQuestion(service: string, from: string, to: string): Question {
  return {
    title: 'Roll back production',
    text: `Roll back ${namedPlainly(service, from)} in production? This deploys ${shortSha(to)} again.`,
    yes: 'Roll back',
    no: 'Not now',
  };
}
