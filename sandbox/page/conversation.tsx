import { useLayoutEffect, useRef } from 'react';
import type { Channel } from '../demo/shown.js';
import { Composer } from './composer.js';
import { Home } from './home.js';
import { Message } from './message.js';
import { usePage } from './page-context.js';

/** The open channel, or the app with its two tabs. */
export function Conversation() {
  const { shown, place } = usePage();
  const channel = shown.channels.find((one) => one.id === place);
  const direct = shown.channels.find((one) => one.kind === 'direct');
  const app = place === 'home' || channel?.kind === 'direct';
  return (
    <section className="conversation" aria-labelledby="channel">
      <div className="channel-head">
        <h2 id="channel">{app ? (direct?.name ?? 'Pushbutton') : `# ${channel?.name ?? ''}`}</h2>
        {app ? <AppTabs direct={direct} /> : <p>{purpose(shown.services, channel)}</p>}
      </div>
      {place === 'home' ? <Home /> : null}
      {channel ? (
        <>
          <Messages key={channel.id} channel={channel} />
          <Composer key={`composer ${channel.id}`} channel={channel} />
        </>
      ) : null}
    </section>
  );
}

function purpose(services: { name: string; channel: string }[], channel: Channel | undefined): string {
  const names = services.filter((one) => one.channel === channel?.id).map(({ name }) => name);
  return names.length > 0 ? `every change of ${names.join(' and ')}` : '';
}

function AppTabs({ direct }: { direct: Channel | undefined }) {
  const { place, go } = usePage();
  return (
    <nav className="app-tabs" aria-label="Pushbutton">
      <button type="button" aria-current={place === 'home' ? 'page' : undefined} onClick={() => go('home')}>
        Home
      </button>
      <button
        type="button"
        aria-current={place === 'home' ? undefined : 'page'}
        onClick={() => direct && go(direct.id)}
      >
        Messages
      </button>
    </nav>
  );
}

/** Follows the newest message unless the person has scrolled away from it. */
function Messages({ channel }: { channel: Channel }) {
  const list = useRef<HTMLDivElement>(null);
  const follows = useRef(true);
  const { items } = channel;
  // biome-ignore lint/correctness/useExhaustiveDependencies: each drawing of the messages may have made the list longer
  useLayoutEffect(() => {
    if (list.current && follows.current) list.current.scrollTop = list.current.scrollHeight;
  }, [items]);
  return (
    <div
      className="messages"
      ref={list}
      role="log"
      aria-labelledby="channel"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard
      tabIndex={0}
      onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
        follows.current = scrollHeight - scrollTop - clientHeight < 40;
      }}
    >
      {items.length === 0 ? <Nothing channel={channel} /> : null}
      {items.map((item) => (
        <Message key={`${item.ts} ${item.alone}`} item={item} />
      ))}
    </div>
  );
}

function Nothing({ channel }: { channel: Channel }) {
  const { shown, act } = usePage();
  const service = shown.services.find((one) => one.channel === channel.id)?.name;
  if (!service) return <p className="nothing">Pushbutton writes here when something needs your hand.</p>;
  return (
    <div className="nothing">
      <span className="push-mark big" aria-hidden="true" />
      <h3>Nothing to release yet</h3>
      <p>
        Push a change to {service}. GitHub tests it on staging, and its card with a <strong>Deploy</strong> button
        arrives here.
      </p>
      <button type="button" className="primary" onClick={() => act('push', { service, outcome: 'passes' })}>
        Push a change to {service}
      </button>
    </div>
  );
}
