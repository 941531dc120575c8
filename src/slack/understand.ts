import { plainReason } from '../core/change/plain.js';
import type { Presser } from '../core/command.js';
import type { Answers } from './answers.js';
import { type Understood, understandGate } from './gate-commands.js';
import { commandWord, firstWord, isOption, lineMeant, wordsOf } from './typed.js';
import { typedAnswers } from './typed-answers.js';
import { helpMessage } from './views/help.js';
import { unknownMessage } from './views/unknown.js';

/** What a typed line asks for. The case of the command word does not matter. */
export async function understand(answers: Answers, said: string, by: Presser): Promise<Understood> {
  const text = lineMeant(said);
  const [word, service, sha, ...rest] = wordsOf(text);
  if (word === undefined) return { answer: () => answers.mine(by) };
  const command = commandWord(word);
  switch (command) {
    case 'help':
      return { answer: async () => helpMessage() };
    case 'status':
      return { answer: () => answers.status(service, by) };
    case 'history':
      return { answer: () => answers.history(service, sha) };
    case 'diff':
      return { answer: () => answers.diff(service, by) };
    case 'why':
      return { answer: () => answers.why(service, sha, by) };
    case 'digest':
      return { answer: () => answers.digest(wordsOf(text).slice(1)) };
    case 'rollback': {
      if (sha !== undefined) return { answer: async () => answers.tooManyWords([sha, ...rest].join(' '), 'rollback') };
      const known = answers.service('rollback', service);
      if ('unknown' in known) return { answer: async () => known.unknown };
      return { presses: [{ type: 'roll back service', service: known.name, by }] };
    }
    case 'deploy': {
      const known = answers.service('deploy', service);
      if ('unknown' in known) return { answer: async () => known.unknown };
      if (sha === undefined) return { answer: () => answers.askDeploy(known.name) };
      if (isOption(sha, 'override')) return breakGlass(answers, known.name, afterWords(text, 3), by);
      const asks = answers.asks(known.name);
      const typed = asks ? typedAnswers(asks, known.name, afterWords(text, 3)) : null;
      if (typed && 'unknown' in typed) return { answer: async () => unknownMessage(typed.unknown) };
      const left = typed ? typed.rest : afterWords(text, 3);
      const [option = '', reason] = firstWord(left);
      const isOverride = isOption(option, 'override');
      if (isOverride && plainReason(reason) === '') return { answer: async () => answers.noReason('deploy') };
      if (option !== '' && !isOverride)
        return { answer: async () => answers.tooManyWords(wordsOf(left).join(' '), 'deploy') };
      const change = await answers.change('deploy', known.name, sha);
      if ('unknown' in change) return { answer: async () => change.unknown };
      const more = { ...(isOverride && { override: plainReason(reason) }), ...(typed && { answers: typed.given }) };
      return { presses: [{ type: 'deploy', change: change.key, from: 'command', ...more, by }] };
    }
    case 'lock':
    case 'unlock':
    case 'hold':
    case 'stop':
    case 'resume':
    case 'give-up':
      return understandGate(answers, command, afterWords(text, 1), by);
    default:
      return { answer: async () => answers.notAWord(word) };
  }
}

/** Without a SHA, break glass deploys the newest change that passed staging. */
async function breakGlass(answers: Answers, service: string, reason: string, by: Presser): Promise<Understood> {
  if (plainReason(reason) === '') return { answer: async () => answers.noReason('deploy') };
  const change = await answers.newest(service);
  if ('unknown' in change) return { answer: async () => change.unknown };
  return { presses: [{ type: 'deploy', change: change.key, from: 'command', override: plainReason(reason), by }] };
}

/** The text after the first `count` words. */
function afterWords(text: string, count: number): string {
  return count === 0 ? text : afterWords(firstWord(text)[1], count - 1);
}
