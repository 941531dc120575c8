import type { Item } from '../demo/shown.js';
import { Avatar } from './avatar.js';
import { Blocks } from './blocks.js';
import { MessageMenu } from './message-menu.js';
import { usePage } from './page-context.js';
import { clock, momentOf } from './times.js';

/** One message of a channel, as this person sees it. */
export function Message({ item }: { item: Item }) {
  const { shown, openThread } = usePage();
  const { ts, alone, replies } = item;
  const by = shown.names[item.by] ?? item.by;
  const bot = item.by === shown.bot.userId;
  return (
    <article
      className={alone ? 'message alone' : 'message'}
      aria-label={alone ? `${by}, only visible to you` : by}
      data-ts={ts}
      data-card={alone ? undefined : item.text.split(' ')[1]}
      data-keeps-focus
      tabIndex={-1}
    >
      <Avatar name={by} id={item.by} bot={bot} />
      <div className="body">
        {alone ? (
          <p className="only">
            <Eye /> Only visible to you
          </p>
        ) : null}
        <p className="by">
          <strong>{by}</strong>
          {bot ? <span className="app">APP</span> : null}
          <time dateTime={momentOf(ts).toISOString()}>{clock(momentOf(ts))}</time>
          {item.edited ? <span className="edited">(edited)</span> : null}
        </p>
        {alone ? null : <MessageMenu channel={item.channel} ts={ts} />}
        <Said item={item} />
        {replies.length > 0 ? (
          <button type="button" className="replies" onClick={() => openThread(ts)}>
            {replies.length} {replies.length === 1 ? 'reply' : 'replies'}
          </button>
        ) : null}
      </div>
    </article>
  );
}

/** The words and buttons of one message. */
export function Said({ item }: { item: Pick<Item, 'channel' | 'ts' | 'text' | 'blocks'> }) {
  const { me, act } = usePage();
  const { channel, ts, text, blocks } = item;
  const press = (button: string) => act('click', { user: me.id, channel, ts, button });
  return <Blocks key={me.id} blocks={blocks.length > 0 ? blocks : [textBlock(text)]} press={press} />;
}

const textBlock = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text } });

const Eye = () => (
  <svg viewBox="0 0 16 16" width="13" height="13" aria-hidden="true">
    <path
      d="M8 3.5c3.2 0 5.6 2.2 6.8 4.5-1.2 2.3-3.6 4.5-6.8 4.5S2.4 10.3 1.2 8C2.4 5.7 4.8 3.5 8 3.5Zm0 2a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5Z"
      fill="currentColor"
    />
  </svg>
);
