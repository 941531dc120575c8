import type { Channel } from '../demo/shown.js';
import { usePage } from './page-context.js';
import { useUnread } from './unread.js';

/** The channels I am in, and the app. Whatever has unread news is bold and counted. */
export function Sidebar() {
  const { shown, place, go } = usePage();
  const unread = useUnread();
  const entry = (channel: Channel, words: React.ReactNode) => {
    const news = unread(channel);
    const open = place === channel.id || (place === 'home' && channel.kind === 'direct');
    return (
      <li key={channel.id}>
        <button type="button" aria-current={open ? 'page' : undefined} onClick={() => go(channel.id)}>
          {words}
          {news > 0 ? (
            <span className="badge">
              {news}
              <span className="aside"> new</span>
            </span>
          ) : null}
        </button>
      </li>
    );
  };
  const channels = shown.channels.filter((one) => one.kind === 'channel');
  const direct = shown.channels.filter((one) => one.kind === 'direct');
  return (
    <nav className="sidebar" aria-label="Workspace">
      <p className="team">Acme</p>
      <h2>Channels</h2>
      <ul>
        {channels.map((one) =>
          entry(
            one,
            <>
              <span aria-hidden="true">#</span> {one.name}
            </>,
          ),
        )}
      </ul>
      <h2>Apps</h2>
      <ul>
        {direct.map((one) =>
          entry(
            one,
            <>
              <span className="push-mark" aria-hidden="true" /> {one.name}
            </>,
          ),
        )}
      </ul>
    </nav>
  );
}
