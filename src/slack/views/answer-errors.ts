import type { AnswerFault } from '../../core/deployment/asks.js';
import { MOST_ANSWER } from '../../core/deployment/asks.js';
import { answerBlock, CHECKLIST } from './ask.js';
import { counted } from './words.js';

const ANEW = 'Close this and press Deploy again.';

/** What is wrong, at the field where it is; `blocks`: the fields that the modal has. What is at none of them is at the first. */
export function answerErrors(faults: readonly AnswerFault[], blocks: readonly string[]): Record<string, string> {
  const errors: Record<string, string> = {};
  for (const fault of faults) {
    const block = fault.input === null ? CHECKLIST : answerBlock(fault.input);
    const known = blocks.includes(block);
    const at = known ? block : blocks[0];
    if (at !== undefined) errors[at] ??= known ? wordsOf(fault) : `The questions have changed since. ${ANEW}`;
  }
  return errors;
}

function wordsOf(fault: AnswerFault): string {
  switch (fault.is) {
    case 'missing':
      return 'This needs an answer.';
    case 'too long':
      return `At most ${MOST_ANSWER} characters.`;
    case 'not offered':
      return `This is not offered any more. ${ANEW}`;
    case 'not asked':
      return `This is not asked any more. ${ANEW}`;
    case 'not checked':
      return `${counted(fault.checks.length, 'line')} not ticked: each must be done before the deployment.`;
  }
}
