import type { Card, CardState } from '../../core/card.js';
import type { Pace } from '../../core/service/pace.js';
import { button } from '../buttons.js';
import { shown } from '../limits.js';
import { capitalised } from './card-gates.js';
import { approved, takeBack } from './card-rules.js';
import { clockNote } from './clock-note.js';
import { paceLine } from './pace.js';
import { date, type Phrase, theirs } from './rich.js';
import { deployQuestion } from './ships.js';
import { nothing, type StateDrawing } from './state-drawing.js';
import { MARK } from './words.js';

/** When it may start at the earliest, by the pace of its service. */
export const pacing = (pace: Pace | null): Phrase[] => (pace ? [capitalised(paceLine(pace))] : []);

/** A deployment whose time has not come. */
export function drawQueuedFor(
  card: Card,
  state: Extract<CardState, { is: 'queued for' }>,
  asked: Phrase,
): StateDrawing {
  const { deployment, at, frozen, mayGo } = state;
  const { change, service, names, shared, timezone } = card;
  const confirm = deployQuestion(service, change.sha, null);
  const then: Phrase = frozen
    ? ['Then it waits for the end of a freeze: ', theirs(frozen.reason, shown.reason), ', until ', date(frozen.until)]
    : ['Every rule is checked then'];
  return {
    ...nothing,
    mark: MARK.queued,
    words: 'queued for',
    detail: [' ', date(at), ...asked],
    lines: [...clockNote(timezone, at), then, ...approved(deployment, names)],
    buttons: [takeBack(card, deployment), ...(mayGo && !shared ? [button('deploy now', change.key, { confirm })] : [])],
  };
}
