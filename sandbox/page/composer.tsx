import { useId, useState } from 'react';
import type { Channel } from '../demo/shown.js';
import { completions } from './completion.js';
import { usePage } from './page-context.js';

/** Where messages are typed: `/release …` completes with arrows, Tab and Enter; Escape closes the list. */
export function Composer({ channel }: { channel: Channel }) {
  const { shown, me, act, tell } = usePage();
  const list = useId();
  const [line, setLine] = useState('');
  const [picked, setPicked] = useState<number | null>(null);
  const [open, setOpen] = useState(false);
  const found = completions(line, shown);
  const shows = open && found.all.length > 0;
  const active = shows ? Math.min(picked ?? found.first, found.all.length - 1) : -1;

  const type = (next: string) => {
    setLine(next);
    setPicked(null);
    setOpen(true);
  };
  const send = async () => {
    const text = line.trim();
    if (text === '') return;
    if (!/^\/release(\s|$)/.test(text)) return tell('Only /release is understood here. Try /release help.');
    setOpen(false);
    if (await act('command', { user: me.id, channel: channel.id, text })) setLine('');
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const count = found.all.length;
    const taken = found.all[active] ?? (event.key === 'Tab' ? found.all[0] : undefined);
    if (event.key === 'ArrowDown' && shows) setPicked((active + 1) % count);
    else if (event.key === 'ArrowUp' && shows) setPicked(active <= 0 ? count - 1 : active - 1);
    else if (event.key === 'Escape' && shows) setOpen(false);
    else if ((event.key === 'Enter' || (event.key === 'Tab' && !event.shiftKey)) && shows && taken) type(taken.line);
    else return;
    event.preventDefault();
  };

  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      {shows ? (
        <div className="completions" id={list} role="listbox" aria-label="How it can go on">
          {found.all.map((one, index) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the input, which keeps the focus
            <div
              key={one.words}
              id={`${list}-${index}`}
              role="option"
              aria-selected={index === active}
              tabIndex={-1}
              onPointerDown={(event) => event.preventDefault()}
              onClick={() => type(one.line)}
            >
              <code>{one.words}</code> <span>{one.about}</span>
            </div>
          ))}
        </div>
      ) : null}
      <input
        role="combobox"
        aria-label={`Message ${channel.kind === 'channel' ? '#' : ''}${channel.name}`}
        aria-expanded={shows}
        aria-controls={shows ? list : undefined}
        aria-activedescendant={active >= 0 ? `${list}-${active}` : undefined}
        aria-autocomplete="list"
        autoComplete="off"
        spellCheck={false}
        data-tour="composer"
        placeholder="Type /release status"
        value={line}
        onChange={({ target }) => type(target.value)}
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onKeyDown={onKeyDown}
      />
      <button type="submit" disabled={line.trim() === ''} aria-label="Send">
        <svg viewBox="0 0 16 16" width="15" height="15" aria-hidden="true">
          <path d="M2 2.4 14.5 8 2 13.6 3.6 8.7 9 8 3.6 7.3Z" fill="currentColor" />
        </svg>
      </button>
    </form>
  );
}
