/** Changes of a service with `paths`: those that touch none of them stand aside. */

import { type Decision, NOTHING, type Target } from '../decision.js';

/** Whether a change touches the paths of its service. `unread`: GitHub does not tell, so it counts as one that does. */
export interface Touches {
  readonly changeId: number;
  readonly attempt: number;
  readonly touches: boolean;
  readonly unread: boolean;
}

/**
 * Decides that a change counts, or that it stands aside. One that counts may be the newest that passed, and takes Deploy from
 * the older cards; it never stands aside again, since it may have been deployed.
 */
export function touchesSeen({ change }: Target, { attempt, touches, unread }: Touches): Decision {
  if (!change?.aside || change.staging.attempt !== attempt) return NOTHING;
  if (!touches && change.aside === 'touches nothing') return NOTHING;
  const { id, sha, aside } = change;
  const line = { actor: 'pushbutton', sha, deploymentId: null };
  if (!touches)
    return {
      kind: 'accepted',
      writes: [{ write: 'aside', changeId: id, aside: 'touches nothing' }],
      records: [{ ...line, kind: 'touches nothing', reason: 'none of its commits touches the paths', detail: {} }],
      effects: [],
    };
  const reason = unread
    ? 'GitHub does not tell which files it touches'
    : aside === 'touches nothing'
      ? 'it carries a change that touches the paths and did not pass'
      : null;
  return {
    kind: 'accepted',
    writes: [{ write: 'aside', changeId: id, aside: null }],
    records: reason === null ? [] : [{ ...line, kind: 'counts', reason, detail: {} }],
    effects: [{ effect: 'redraw', changeId: id }, { effect: 'redraw service' }],
  };
}
