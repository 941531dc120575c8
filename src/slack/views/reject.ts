import type { ModalView } from '@slack/types';
import type { ChangeRef } from '../../core/change/change.js';
import { shown } from '../limits.js';
import { line, richText, theirs } from './rich.js';
import { named } from './words.js';

/** Block and action id of the reason. */
export const REASON = 'reason';

/** Asks why a deployment is rejected. `place` comes back with the answer. */
export function rejectView(service: string, change: ChangeRef, place: string): ModalView {
  return {
    type: 'modal',
    callback_id: 'reject',
    private_metadata: place,
    title: { type: 'plain_text', text: 'Reject' },
    submit: { type: 'plain_text', text: 'Reject' },
    close: { type: 'plain_text', text: 'Not now' },
    blocks: [
      richText(
        line(theirs(service, shown.name, 'bold'), ' ', ...named(change), ' will not be deployed by this request.'),
      ),
      {
        type: 'input',
        block_id: REASON,
        label: { type: 'plain_text', text: 'Reason' },
        hint: {
          type: 'plain_text',
          text: 'The requester is told, and everyone in the channel can read it on the card.',
        },
        element: { type: 'plain_text_input', action_id: REASON, multiline: true, min_length: 1, max_length: 3_000 },
      },
    ],
  };
}
