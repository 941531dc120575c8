import { plainReason } from '../core/change/plain.js';
import type { Press, Presser } from '../core/command.js';
import { parseDuration } from '../core/duration.js';
import type { Answers } from './answers.js';
import { asMeant, firstWord, isSha } from './typed.js';
import type { Message } from './views/message.js';

/** What a typed line asks for: presses to be saved, or an answer. */
export type Understood = { readonly presses: readonly Press[] } | { readonly answer: () => Promise<Message> };

const say = (message: Message): Understood => ({ answer: async () => message });

/** `lock`, `unlock`, `hold`, `stop`, `resume` and `give-up`. `rest` is what was typed after the command word. */
export async function understandGate(
  answers: Answers,
  command: 'lock' | 'unlock' | 'hold' | 'stop' | 'resume' | 'give-up',
  rest: string,
  by: Presser,
): Promise<Understood> {
  const [first, after] = firstWord(rest);
  switch (command) {
    case 'stop': {
      const reason = plainReason(rest);
      return reason === '' ? say(answers.noReason(command)) : { presses: [{ type: 'stop', reason, by }] };
    }
    case 'resume': {
      if (first === '') return { presses: [{ type: 'resume all', by }] };
      if (after !== '') return say(answers.tooManyWords(after, command));
      const known = answers.service(command, first);
      if (!('unknown' in known)) return { presses: [{ type: 'resume', service: known.name, by }] };
      return isSha(asMeant(first))
        ? held(answers, command, first, (change) => ({ type: 'let go', change, by }))
        : say(known.unknown);
    }
    case 'unlock': {
      const known = answers.service(command, first || undefined);
      if ('unknown' in known) return say(known.unknown);
      if (after !== '') return say(answers.tooManyWords(after, command));
      return { presses: [{ type: 'unlock', service: known.name, by }] };
    }
    case 'lock': {
      const known = answers.service(command, first || undefined);
      if ('unknown' in known) return say(known.unknown);
      const time = forHowLong(after);
      if (time === 'not a duration') return say(answers.notADuration(firstWord(firstWord(after)[1])[0], command));
      const reason = plainReason(time.reason);
      if (reason === '') return say(answers.noReason(command));
      return { presses: [{ type: 'lock', service: known.name, reason, forMs: time.forMs, by }] };
    }
    case 'give-up': {
      const known = answers.service(command, first || undefined);
      if ('unknown' in known) return say(known.unknown);
      const reason = plainReason(after);
      if (reason === '') return say(answers.noReason(command));
      return { presses: [{ type: 'give up', service: known.name, reason, by }] };
    }
    case 'hold': {
      const reason = plainReason(after);
      if (first !== '' && isSha(asMeant(first)) && reason === '') return say(answers.noReason(command));
      return held(answers, command, first, (change) => ({ type: 'hold', change, reason, by }));
    }
  }
}

/** Several services that share a repository may have the SHA: each gets its own press. */
async function held(
  answers: Answers,
  command: string,
  sha: string,
  press: (change: string) => Press,
): Promise<Understood> {
  const found = await answers.changesOfAll(command, sha);
  return 'unknown' in found ? say(found.unknown) : { presses: found.map((change) => press(change.key)) };
}

/** `for 2h REASON`, or a reason alone, which may itself begin with "for". */
function forHowLong(text: string): { readonly forMs: number | null; readonly reason: string } | 'not a duration' {
  const [first, after] = firstWord(text);
  const [second, reason] = firstWord(after);
  // The two words may be in quotes together: copied out of the help, for example.
  const [word = '', typed = ''] = asMeant(`${first} ${second}`).split(' ');
  const time = asMeant(typed);
  if (word.toLowerCase() !== 'for' || !/^\d/.test(time)) return { forMs: null, reason: text };
  const forMs = parseDuration(time);
  return forMs === undefined ? 'not a duration' : { forMs, reason };
}
