import type { Refusal } from '../../core/refusal.js';
import { shown } from '../limits.js';
import { spoken } from './jobs.js';
import { link, type Phrase, sha, theirs } from './rich.js';

/** Refusals because of a result that is required beside the push run: which one, how it stands, and what helps. */
export function refusedResult(
  refusal: Extract<Refusal, { rule: 'not passed staging' | 'not ours to re-run' }>,
): Phrase[] {
  const { result = 'a required result', url } = refusal;
  const named = link(url, result, shown.job);
  if (refusal.rule === 'not ours to re-run')
    return [
      [sha(refusal.sha), ' failed staging: ', named, ' is no workflow, so GitHub cannot run it again for Pushbutton.'],
      ['Run it again where it comes from; its new result is seen here.'],
    ];
  const { word = 'awaited' } = refusal;
  if (word === 'awaited' || word === 'missing')
    return [
      [
        sha(refusal.sha),
        ' has not passed staging yet: ',
        theirs(result, shown.job),
        word === 'missing' ? ' is missing.' : ' is not there yet.',
      ],
      [
        word === 'missing'
          ? 'Somebody must see to it that it runs for this commit; a deployer can deploy it as soon as that is green.'
          : 'A deployer can deploy it as soon as that is green.',
      ],
    ];
  if (refusal.staging === 'running')
    return [
      [
        sha(refusal.sha),
        ' has not passed staging yet: ',
        named,
        ' has not finished (',
        theirs(spoken(word), shown.name),
        ').',
      ],
      ['A deployer can deploy it as soon as that is green.'],
    ];
  return [
    [sha(refusal.sha), ' failed staging: ', named, ' ended with ', theirs(spoken(word), shown.name), '.'],
    ['A deployer can deploy it once that was run again and is green.'],
  ];
}
