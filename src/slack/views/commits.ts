import type { ShippedCommit, Ships } from '../../core/card.js';
import { shown } from '../limits.js';
import { asOneList, fitted, type Group } from './fold.js';
import { bullets, link, type Phrase, sha, theirs } from './rich.js';
import { ticketsIn } from './tickets.js';
import { counted } from './words.js';

const MOST_COMMITS = 30;

/** How many tickets a commit names here, if there is room; otherwise how many there are. */
const TICKETS = [3, 1, 0] as const;

/** The newest commits of what ships, newest first, and how many more there are. */
export function commitList(ships: Ships, repository: string): Group {
  const newest = ships.commits.slice(-MOST_COMMITS).toReversed();
  const drawn = (tickets: number) => newest.map((commit) => bullets([commitLine(commit, repository, tickets)]));
  const { groups } = fitted(TICKETS.map(drawn), 2_000);
  const more = ships.count - groups.length;
  return asOneList(more > 0 ? [...groups, bullets([[`and ${more} more`]])] : groups);
}

/** ` · 2 pull requests`; nothing if none is known. */
export function requestsIn(ships: Ships): Phrase {
  const numbers = ships.commits.flatMap(({ pullRequest }) => (pullRequest === null ? [] : [pullRequest]));
  const count = new Set(numbers).size;
  return count === 0 ? [] : [` · ${counted(count, 'pull request')}`];
}

/** ` · 3 tickets`: how many what ships names; nothing if it names none. */
export function ticketsOf(ships: Ships): Phrase {
  const all = ships.commits.flatMap(({ tickets = [] }) => tickets.map(({ url }) => url));
  return all.length === 0 ? [] : [` · ${counted(new Set(all).size, 'ticket')}`];
}

function commitLine(commit: ShippedCommit, repository: string, mostTickets: number): Phrase {
  const { sha: full, title, author, url, pullRequest, tickets } = commit;
  const request =
    pullRequest !== null && URL.canParse(url) ? `${new URL(url).origin}/${repository}/pull/${pullRequest}` : null;
  return [
    sha(full, url),
    ' ',
    theirs(title),
    ' · ',
    theirs(author, shown.name),
    ...(pullRequest === null ? [] : [' · ', link(request, `#${pullRequest}`)]),
    ...ticketsIn(tickets, mostTickets),
  ];
}
