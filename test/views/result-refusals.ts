import type { Refusal } from '../../src/core/refusal.js';
import { run, shaOf } from './given.js';

const sha = shaOf('a');
const url = run.url;

type NotPassed = Extract<Refusal, { rule: 'not passed staging' }>;
const ofResult = (
  result: string,
  word: string,
  staging: NotPassed['staging'],
  says: string[],
): [NotPassed, string[]] => [
  { rule: 'not passed staging', sha, staging, url, result, word },
  ['aaaaaaa', result, ...says],
];
/** Those because of a result that is required beside the push run. */
export const resultRefusals: [NotPassed, string[]][] = [
  ofResult('e2e.yml', 'in_progress', 'running', ['has not finished (in progress)']),
  ofResult('e2e.yml', 'awaited', 'running', ['is not there yet']),
  ofResult('e2e.yml', 'missing', 'running', ['is missing', 'must see to it']),
  ofResult('security/scan (snyk)', 'neutral', 'failed', ['failed staging', 'ended with neutral']),
];
