import type { ServerResponse } from 'node:http';
import type { Feed } from './feed.js';

const beatMs = 15_000;
const reconnectMs = 1_000;
/** A tab that falls behind gets the newest state when it reads again, not everything it missed. */
const mostUnread = 1_000_000;

/**
 * Answers with Server-Sent Events: that person's state as JSON, and a comment every 15 s, so that a dead demo is
 * noticed. Silent until the stage is there.
 */
export function stream(response: ServerResponse, user: string, opened: Promise<{ feed: Feed }>): void {
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  response.write(`retry: ${reconnectMs}\n\n`);
  let held: string | null = null;
  const give = (state: string) => {
    if (response.writableLength > mostUnread) held = state;
    else response.write(`data: ${state}\n\n`);
  };
  response.on('drain', () => {
    if (held === null) return;
    const state = held;
    held = null;
    give(state);
  });
  const beat = setInterval(() => response.write(': the demo runs\n\n'), beatMs);
  let end: () => void = () => {};
  let closed = false;
  response.on('close', () => {
    closed = true;
    clearInterval(beat);
    end();
  });
  void opened.then(({ feed }) => {
    if (!closed) end = feed.follow(user, give);
  });
}
