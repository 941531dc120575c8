import type { ShippedCommit, Ships } from '../../core/card.js';
import { shown } from '../limits.js';
import { asOneList, fitted, type Group } from './fold.js';
import { bullets, link, type Phrase, sha, theirs } from './rich.js';
import { counted } from './words.js';

const MOST_COMMITS = 30;

/** The newest commits of what ships, newest first, and how many more there are. */
export function commitList(ships: Ships, repository: string): Group {
  const newest = ships.commits.slice(-MOST_COMMITS).toReversed();
  const { groups } = fitted([newest.map((commit) => bullets([commitLine(commit, repository)]))], 2_000);
  const more = ships.count - groups.length;
  return asOneList(more > 0 ? [...groups, bullets([[`and ${more} more`]])] : groups);
}

/** ` · 2 pull requests`; nothing if none is known. */
export function requestsIn(ships: Ships): Phrase {
  const numbers = ships.commits.flatMap(({ pullRequest }) => (pullRequest === null ? [] : [pullRequest]));
  const count = new Set(numbers).size;
  return count === 0 ? [] : [` · ${counted(count, 'pull request')}`];
}

function commitLine({ sha: full, title, author, url, pullRequest }: ShippedCommit, repository: string): Phrase {
  const request =
    pullRequest !== null && URL.canParse(url) ? `${new URL(url).origin}/${repository}/pull/${pullRequest}` : null;
  return [
    sha(full, url),
    ' ',
    theirs(title),
    ' · ',
    theirs(author, shown.name),
    ...(pullRequest === null ? [] : [' · ', link(request, `#${pullRequest}`)]),
  ];
}
