import { Avatar } from './avatar.js';
import { Message, Said } from './message.js';
import { usePage } from './page-context.js';
import { clock, momentOf } from './times.js';

/** A message and its replies, beside the channel. */
export function Thread({ ts, close }: { ts: string; close: () => void }) {
  const { shown, place } = usePage();
  const channel = shown.channels.find((one) => one.id === place);
  const item = channel?.items.find((one) => one.ts === ts && !one.alone);
  if (!channel || !item) return null;
  return (
    <section
      className="thread"
      aria-label={`Thread in ${channel.name}`}
      onKeyDown={({ key }) => {
        if (key === 'Escape') close();
      }}
    >
      <header>
        <h2>Thread</h2>
        <button type="button" className="quiet" onClick={close} aria-label="Close the thread" ref={focusOnce}>
          ✕
        </button>
      </header>
      <div className="scrolls">
        <Message item={{ ...item, replies: [] }} />
        <p className="divider">
          {item.replies.length} {item.replies.length === 1 ? 'reply' : 'replies'}
        </p>
        {item.replies.map((reply) => (
          <article key={reply.ts} className="message">
            <Avatar name={shown.names[reply.by] ?? reply.by} id={reply.by} bot={reply.by === shown.bot.userId} />
            <div className="body">
              <p className="by">
                <strong>{shown.names[reply.by] ?? reply.by}</strong>
                <time dateTime={momentOf(reply.ts).toISOString()}>{clock(momentOf(reply.ts))}</time>
              </p>
              <Said item={{ ...reply, channel: channel.id }} />
            </div>
          </article>
        ))}
      </div>
    </section>
  );
}

const focusOnce = (button: HTMLButtonElement | null) => button?.focus();
