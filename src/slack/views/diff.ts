import type { Diff } from '../../core/report.js';
import { shown } from '../limits.js';
import { commitList, requestsIn, ticketsOf } from './commits.js';
import { type Message, message } from './message.js';
import { line, link, type Phrase, richText, theirs } from './rich.js';
import { wouldShip } from './ships.js';
import { named } from './words.js';

/** What a deployment of the newest change that passed would ship. */
export function diffMessage(diff: Diff): Message {
  const { service, to, ships, repository, url } = diff;
  const opening: Phrase = [theirs(service, shown.name, 'bold'), ' ', ...named(to, ships?.from ? null : url)];
  const summary: Phrase = [...wouldShip(ships), ...(ships ? [...requestsIn(ships), ...ticketsOf(ships)] : [])];
  return message(
    [opening, summary],
    [
      richText(
        line(...opening),
        line(...summary),
        ...(ships ? commitList(ships, repository) : []),
        line(link(url, ships?.from ? 'Compare on GitHub' : 'View on GitHub')),
      ),
    ],
  );
}
