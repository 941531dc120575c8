import type { Ticket } from '../../core/change/ticket.js';
import { link, type Phrase } from './rich.js';
import { counted } from './words.js';

const MOST_ID = 40;

/** ` · SHOP-1, SHOP-2 and 4 more`, each a link, at most so many; with none of them ` · 6 tickets`. Nothing if there are none. */
export function ticketsIn(tickets: readonly Ticket[] | null | undefined, most = 3): Phrase {
  if (!tickets || tickets.length === 0) return [];
  return [' · ', ...ticketList(tickets, most)];
}

/** ` (SHOP-1, SHOP-2 and 4 more)`, within a sentence. */
export function ticketsAside(tickets: readonly Ticket[] | null | undefined): Phrase {
  return tickets && tickets.length > 0 ? [' (', ...ticketList(tickets), ')'] : [];
}

/** The same at the beginning of a phrase. */
export function ticketList(tickets: readonly Ticket[], most = 3): Phrase {
  if (most === 0) return [counted(tickets.length, 'ticket')];
  const listed = tickets.slice(0, most);
  const more = tickets.length - listed.length;
  return [
    ...listed.flatMap(({ id, url }, index): Phrase => [index === 0 ? null : ', ', link(url, id, MOST_ID)]),
    more > 0 ? ` and ${more} more` : null,
  ];
}
