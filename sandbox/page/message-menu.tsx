import { useRef } from 'react';
import { SHORTCUTS } from '../slack/shortcuts.js';
import { usePage } from './page-context.js';

/** What Slack offers of the app in the menu of a message. */
export function MessageMenu({ channel, ts }: { channel: string; ts: string }) {
  const { me, act } = usePage();
  const menu = useRef<HTMLDetailsElement>(null);
  const use = (name: string) => {
    if (menu.current) menu.current.open = false;
    void act('shortcut', { user: me.id, channel, ts, name });
  };
  return (
    <details
      className="menu"
      ref={menu}
      onKeyDown={({ key, currentTarget }) => {
        if (key === 'Escape') currentTarget.open = false;
      }}
    >
      <summary aria-label="More actions" title="More actions">
        ⋯
      </summary>
      <div>
        {SHORTCUTS.map(({ name }) => (
          <button key={name} type="button" onClick={() => use(name)}>
            {name}
          </button>
        ))}
      </div>
    </details>
  );
}
