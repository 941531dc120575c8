import type { Ships } from '../../core/card.js';
import type { Question } from '../buttons.js';
import { everyone } from './people.js';
import { type Phrase, sha, theirs } from './rich.js';
import { counted, namedPlainly } from './words.js';

/** What Deploy would ship and who wrote it, in one line. `offered`: Deploy is; it works also while GitHub is silent. */
export function wouldShip(ships: Ships | null, offered = false): Phrase {
  if (!ships) return [`GitHub has not said how many changes would ship${offered ? '. Deploy works all the same' : ''}`];
  if (ships.from === null && ships.outside) return [UNCOUNTED];
  if (ships.from === null) return ['This is the first deployment: this change alone would ship'];
  if (ships.count === 0 && !ships.others) return ['Nothing new would ship: ', sha(ships.from), ' is live'];
  const others = besides(ships);
  if (ships.count === 0) return [`No change that touches it would ship${others}, on top of `, sha(ships.from)];
  if (ships.commits.length === 0)
    return [
      `${counted(ships.count, 'change')} would ship, which GitHub does not list${others}, on top of `,
      sha(ships.from),
    ];
  const authors = theirs(authorsOf(ships), 400);
  return [`${counted(ships.count, 'change')} would ship, by `, authors, `${others}, on top of `, sha(ships.from)];
}

/** `, and 9 others that do not touch it`: what comes along from the rest of the repository; nothing if nothing does. */
export const besides = ({ others = 0 }: Pick<Ships, 'others'>): string =>
  others === 0 ? '' : `, and ${others} ${others === 1 ? 'other that does' : 'others that do'} not touch it`;

const UNCOUNTED =
  'What is live is not known (a run outside Pushbutton). Counted as a first deployment: 1 change, but more may ship';

/** The authors of what ships, each once. Authors of commits beyond one GitHub answer are not known. */
function authorsOf(ships: Ships): string {
  const authors = everyone(ships.commits.map((commit) => commit.author));
  return ships.count > ships.commits.length ? `${authors} and possibly others` : authors;
}

/** What an approved rollback takes out of production, where that is known. */
export const goesBack = (undoes: string | null): Phrase =>
  undoes === null
    ? ['It deploys what was live before; nothing new ships']
    : ['It deploys what was live before ', sha(undoes), '; nothing new ships'];

/** What Deploy asks before it is sent: service, SHA, and how many changes ship. */
export function deployQuestion(service: string, fullSha: string, ships: Ships | null): Question {
  return {
    title: 'Deploy to production',
    text: `Deploy ${namedPlainly(service, fullSha)} to production? ${howMany(ships)}`,
    yes: 'Deploy',
    no: 'Not now',
  };
}

/** The confirmation of a Deploy button; none where the service asks questions (`asks`), since their modal says the same. */
export const deployAsks = (
  asks: boolean,
  ...about: Parameters<typeof deployQuestion>
): { readonly confirm?: Question } => (asks ? {} : { confirm: deployQuestion(...about) });

/** How many changes ship, as a sentence for a confirmation. */
export function howMany(ships: Ships | null): string {
  if (!ships) return 'GitHub has not said how many changes ship.';
  if (ships.from === null && ships.outside) return `${UNCOUNTED}.`;
  if (ships.from === null) return 'It is the first deployment: 1 change ships.';
  if (ships.count === 0 && ships.others) return `No change that touches it ships${besides(ships)}.`;
  return `${counted(ships.count, 'change')} ${ships.count === 1 ? 'ships' : 'ship'}${besides(ships)}.`;
}
