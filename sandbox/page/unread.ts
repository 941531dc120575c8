import { useEffect, useRef, useState } from 'react';
import type { Channel } from '../demo/shown.js';
import { usePage } from './page-context.js';
import { keep, kept } from './remembered.js';

/**
 * How many messages came to a channel since this person last looked at it, for the page's title too. The open channel
 * is always read; an edited message is not news.
 */
export function useUnread(): (channel: Channel) => number {
  const { shown, me, place } = usePage();
  const seen = useRef(new Map<string, string>());
  const [, draw] = useState(0);
  const lastSeen = (id: string) => {
    const name = `seen ${me.id} ${id}`;
    if (!seen.current.has(name)) {
      const [demo, ts] = (kept(name) ?? '').split(' ');
      seen.current.set(name, demo === shown.demo && ts ? ts : '');
    }
    return seen.current.get(name) ?? '';
  };
  const open = shown.channels.find((one) => one.id === place);
  const newest = open?.items.at(-1)?.ts;
  useEffect(() => {
    if (!newest) return;
    seen.current.set(`seen ${me.id} ${place}`, newest);
    keep(`seen ${me.id} ${place}`, `${shown.demo} ${newest}`);
    draw((count) => count + 1);
  }, [newest, me.id, place, shown.demo]);
  const unread = ({ id, items }: Channel) =>
    id === place ? 0 : items.filter(({ ts, alone }) => !alone && ts > lastSeen(id)).length;
  const all = shown.channels.reduce((sum, channel) => sum + unread(channel), 0);
  useEffect(() => {
    document.title = `${all > 0 ? `(${all}) ` : ''}${open ? `${open.kind === 'channel' ? '#' : ''}${open.name} · ` : ''}Pushbutton demo`;
  }, [all, open]);
  return unread;
}
