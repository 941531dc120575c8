import { plain } from '../core/change/plain.js';
import type { Ticket } from '../core/change/ticket.js';
import { compiled } from './pattern.js';

/** How a team names its tickets, and where each has its page: `{id}` in the address stands for the id. */
export interface TicketRule {
  readonly pattern: string;
  readonly url: string;
}

/** The tickets that texts name, each once, in the order of the texts. */
export type FindTickets = (texts: readonly string[]) => readonly Ticket[];

/** So much of each text is read. GitHub takes no longer text for a pull request. */
const MOST_TEXT = 65_536;
/**
 * A text is read line by line, and a long line in pieces, cut at a space if there is one: what finds nothing has then looked
 * through one piece, and not through the rest of the text for each place in it.
 */
const PIECES = /.{1,1000}(?:\s|$)|.{1,1000}/gu;
const MOST_PIECE = 1_001;
/** So many ids are looked at and so many kept, however many a text repeats: a text is no way to keep Pushbutton busy. */
const MOST_LOOKED_AT = 200;
const MOST_KEPT = 50;
/** A longer one is no id. */
const MOST_ID = 60;

/**
 * Finds tickets by these rules, which have been checked. Where a pattern has a group, the id is what the first group
 * matched. Ids that differ in case alone are one ticket.
 */
export function createFindTickets(rules: readonly TicketRule[]): FindTickets {
  const patterns = rules.flatMap(({ pattern, url }) => {
    const found = compiled(pattern);
    return 'fault' in found ? [] : [{ pattern: found, url, group: found.groupCount() > 0 ? 1 : 0 }];
  });
  return (texts) => {
    const tickets = new Map<string, Ticket>();
    let looks = MOST_LOOKED_AT;
    for (const piece of texts.flatMap(piecesOf)) {
      for (const { pattern, url, group } of patterns) {
        const matcher = pattern.matcher(piece);
        for (; looks > 0 && tickets.size < MOST_KEPT && matcher.find(); looks -= 1) {
          const id = matcher.group(group) ?? '';
          const key = `${url} ${id.toUpperCase()}`;
          if (isId(id) && !tickets.has(key)) tickets.set(key, { id, url: pageOf(url, id) });
        }
      }
    }
    return [...tickets.values()];
  };
}

const piecesOf = (text: string): string[] =>
  [...text.slice(0, MOST_TEXT).matchAll(PIECES)].map(([piece]) => plain(piece, MOST_PIECE));

/** A dot or two would lead to another page. */
const isId = (id: string): boolean => id.length <= MOST_ID && /[^.\s]/.test(id);

/** The page of a ticket: in the place of `{id}` stands the id, encoded so that it stays one part of the address. */
export const pageOf = (url: string, id: string): string => url.replaceAll('{id}', () => encodeURIComponent(id));
