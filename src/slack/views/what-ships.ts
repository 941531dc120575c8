import type { KnownBlock, ModalView } from '@slack/types';
import type { ChangeRef } from '../../core/change/change.js';
import type { Diff } from '../../core/report.js';
import { shown } from '../limits.js';
import { commitList, requestsIn, ticketsOf } from './commits.js';
import { line, link, type Phrase, richText, theirs } from './rich.js';
import { wouldShip } from './ships.js';
import { named } from './words.js';

/** Opened at once, while the trigger is still valid and GitHub is being asked. */
export function whatShipsLoading(service: string, change: ChangeRef): ModalView {
  return modal([richText(line(theirs(service, shown.name, 'bold'), ' ', ...named(change)), line('Asking GitHub …'))]);
}

/** What deploying this change would ship; if GitHub did not answer, that it could not be counted. */
export function whatShipsView({ service, repository, to, ships, url }: Diff): ModalView {
  const opening: Phrase = [theirs(service, shown.name, 'bold'), ' ', ...named(to)];
  const more: Phrase = [link(url, ships?.from ? 'Compare on GitHub' : 'View on GitHub')];
  if (!ships) {
    return modal([
      richText(
        line(...opening),
        line(...wouldShip(null)),
        line('Close this and press What ships again in a minute.'),
        line(...more),
      ),
    ]);
  }
  return modal([
    richText(line(...opening), line(...wouldShip(ships), ...requestsIn(ships), ...ticketsOf(ships))),
    richText(...commitList(ships, repository), line(...more)),
  ]);
}

const modal = (blocks: KnownBlock[]): ModalView => ({
  type: 'modal',
  callback_id: 'what_ships',
  title: { type: 'plain_text', text: 'What ships' },
  close: { type: 'plain_text', text: 'Close' },
  blocks,
});
