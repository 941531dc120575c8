import { isKey } from '../db/deployments.js';
import type { ReplyTo } from '../db/inbox.js';
import type { SeenHome } from './pressed-at-home.js';

/** Where the button was pressed that opened a modal, and the row that it is about. */
interface Place {
  /** Empty if there is none, so that it matches no row. */
  readonly key: string;
  readonly channel: string | null;
  readonly message: ReplyTo['message'];
  readonly home: SeenHome | null;
  readonly typed: boolean;
}

/** What a modal carries along, as its `private_metadata`: opaque ids and nothing else. */
export const placeText = (
  about: { readonly deployment: string } | { readonly change: string },
  { channel, message, typed }: ReplyTo,
  home: SeenHome | null,
): string => JSON.stringify({ ...about, channel, message, home, typed });

/** What the modal was opened with. A malformed key becomes empty and matches nothing. */
export function placeOf(metadata: string): Place {
  try {
    const { channel, message, home, typed, ...about } = JSON.parse(metadata) as { [key: string]: unknown };
    const key = about.deployment ?? about.change;
    const at = message as { channel?: unknown; ts?: unknown } | null;
    const seen = home as { page?: unknown; hash?: unknown } | null | undefined;
    return {
      key: typeof key === 'string' && isKey(key) ? key : '',
      channel: typeof channel === 'string' ? channel : null,
      message: typeof at?.channel === 'string' && typeof at.ts === 'string' ? { channel: at.channel, ts: at.ts } : null,
      home:
        typeof seen?.page === 'number'
          ? { page: seen.page, hash: typeof seen.hash === 'string' ? seen.hash : null }
          : null,
      typed: typed === true,
    };
  } catch {
    return { key: '', channel: null, message: null, home: null, typed: false };
  }
}
