import type { Ships } from '../../core/card.js';
import type { Question } from '../buttons.js';
import { everyone } from './people.js';
import { type Phrase, sha, theirs } from './rich.js';
import { counted, namedPlainly } from './words.js';

/** What Deploy would ship and who wrote it, in one line. */
export function wouldShip(ships: Ships | null): Phrase {
  if (!ships) return ['GitHub does not say how many changes would ship'];
  if (ships.from === null && ships.outside) {
    return ['Counted as a first deployment, this change alone: what is live came from a run outside Pushbutton'];
  }
  if (ships.from === null) return ['This is the first deployment: this change alone would ship'];
  if (ships.count === 0) return ['Nothing new would ship: ', sha(ships.from), ' is live'];
  if (ships.commits.length === 0)
    return [`${counted(ships.count, 'change')} would ship, which GitHub does not list, on top of `, sha(ships.from)];
  const authors = theirs(authorsOf(ships), 400);
  return [`${counted(ships.count, 'change')} would ship, by `, authors, ', on top of ', sha(ships.from)];
}

/** The authors of what ships, each once. Authors of commits beyond one GitHub answer are not known. */
function authorsOf(ships: Ships): string {
  const authors = everyone(ships.commits.map((commit) => commit.author));
  return ships.count > ships.commits.length ? `${authors} and possibly others` : authors;
}

/** What Deploy asks before it is sent: service, SHA, and how many changes ship. */
export function deployQuestion(service: string, fullSha: string, ships: Ships | null): Question {
  return {
    title: 'Deploy to production',
    text: `Deploy ${namedPlainly(service, fullSha)} to production? ${howMany(ships)}`,
    yes: 'Deploy',
    no: 'Not now',
  };
}

/** How many changes ship, as a sentence for a confirmation. */
export function howMany(ships: Ships | null): string {
  if (!ships) return 'GitHub does not say how many changes ship.';
  if (ships.from === null && ships.outside) {
    return 'What is live came from a run outside Pushbutton: counted as a first deployment, 1 change ships.';
  }
  if (ships.from === null) return 'It is the first deployment: 1 change ships.';
  return `${counted(ships.count, 'change')} ${ships.count === 1 ? 'ships' : 'ship'}.`;
}
