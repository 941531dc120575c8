import type { Done, Names } from '../../core/report.js';
import { shown } from '../limits.js';
import { answer, type Message } from './message.js';
import { whenItStarts } from './pace.js';
import { who } from './people.js';
import { date, type Phrase, sha, theirs } from './rich.js';

/** What a typed line or a press that starts nothing has done; null when the card says it. */
export function doneGate(
  { kind, service, sha: full, reason, detail }: Done,
  names: Names,
  timezone = 'UTC',
): Message | null {
  const of: Phrase = service === null ? ['Everything'] : [theirs(service, shown.name, 'bold')];
  const why: Phrase = reason === null ? [] : [': ', theirs(reason, shown.reason)];
  const from = typeof detail.from === 'string' ? detail.from : null;
  const until = typeof detail.until === 'string' ? new Date(detail.until) : null;
  switch (kind) {
    case 'locked':
    case 'lock taken over':
      return answer([
        [...of, ' is locked', ...(from ? [`, taken over from ${who(from, names)}`] : []), ...why, '.'],
        until ? ['The lock ends ', date(until), '.'] : ['The lock stays until its owner or a deployer removes it.'],
      ]);
    case 'unlocked':
      return answer([[...of, ' is unlocked. Whatever waited for it continues.']]);
    case 'stopped':
      return answer([
        ['Everything is stopped', ...why, '.'],
        ['Runs under way continue; nothing new starts until a deployer types /release resume.'],
      ]);
    case 'resumed':
      return answer([[...of, ' is resumed. Whatever waited starts by itself.']]);
    case 'marked bad':
      return answer([
        [...(full ? [sha(full)] : []), ' of ', ...of, ' is marked bad', ...why, '.'],
        ['Nobody can deploy it until a deployer types /release resume with its SHA.'],
      ]);
    case 'held':
      return answer([[...(full ? [sha(full)] : []), ' of ', ...of, ' is held: it does not deploy by itself.']]);
    case 'let go':
      return answer([[...(full ? [sha(full)] : []), ' of ', ...of, ' is no longer held.']]);
    case 'brought forward':
      return answer([
        [...(full ? [sha(full)] : []), ' of ', ...of, ' is brought forward: it starts as soon as its turn comes.'],
      ]);
    case 'time changed': {
      const at = new Date(String(detail.start_at));
      return answer([
        [...(full ? [sha(full)] : []), ' of ', ...of, ' is moved: queued for ', date(at), '.'],
        ...whenItStarts(at, timezone),
      ]);
    }
    case 'signed off':
      return answer([[...(full ? [sha(full)] : []), ' of ', ...of, ' is signed off.']]);
    default:
      return null;
  }
}
