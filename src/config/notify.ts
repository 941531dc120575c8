/** How people hear of deployments: the keys `notify` and `cards` of a service. */

import { z } from 'zod';
import type { Cards } from '../core/gets-card.js';
import type { How, Notify } from '../core/notify.js';
import { mapping } from './forms.js';

const hows = ['none', 'thread', 'mention', 'direct'] as const satisfies readonly How[];
const how = (otherwise: How, whom: string) =>
  z.enum(hows, { error: 'none, thread, mention or direct' }).default(otherwise).meta({ description: whom });

export const notify = mapping({
  staging_failed: how('mention', 'A change failed staging: to its author.'),
  approval_needed: how('mention', 'A deployment waits for approval: to those who may approve it.'),
  continue_needed: how('mention', 'A deployment waits for Continue: to whoever requested it.'),
  production_failed: how(
    'mention',
    'A deployment failed in production, is hung or lost: to the author and to whoever requested it; of a rollback, only to the latter.',
  ),
  live: how(
    'thread',
    'A change is live: to the author and to whoever requested it; of a rollback, only to the latter.',
  ),
  steps: z
    .enum(['none', 'thread'], { error: 'none or thread' })
    .default('thread')
    .meta({ description: 'All other steps of a deployment, in the thread of its card.' }),
})
  .prefault({})
  .meta({
    description:
      'How people hear of it. none: not at all. thread: a line in the thread of the card. mention: that line mentions them. direct: they get a message of their own beside it.',
  });

export const notifyOf = (written: z.output<typeof notify>): Notify => ({
  stagingFailed: written.staging_failed,
  approvalNeeded: written.approval_needed,
  continueNeeded: written.continue_needed,
  productionFailed: written.production_failed,
  live: written.live,
  steps: written.steps,
});

const kinds = ['every', 'newest', 'decisions'] as const satisfies readonly Cards[];
export const cardsMean =
  'Which changes get a card. every: each one. newest: none that was overtaken before it was posted. decisions: of those, only what waits for a person, failed or went live.';
export const cards = z.enum(kinds, { error: 'every, newest or decisions' }).meta({ description: cardsMean });
