import type pg from 'pg';
import type { Ships } from '../core/card.js';
import type { Ticket } from '../core/change/ticket.js';
import { ticketsOfCommits } from '../db/changes.js';

/**
 * Adds to each commit the tickets that its title names, and what else was found when it was a change of its own: GitHub is
 * asked for nothing.
 */
export function createWithTickets(
  pool: pg.Pool,
  ticketsIn: (service: string, texts: readonly string[]) => readonly Ticket[] | null,
): (service: string, ships: Ships) => Promise<Ships> {
  return async (service, ships) => {
    if (ticketsIn(service, []) === null) return ships;
    const known = await ticketsOfCommits(
      pool,
      service,
      ships.commits.map(({ sha }) => sha),
    );
    const commits = ships.commits.map((commit) => {
      const tickets = known.get(commit.sha) ?? ticketsIn(service, [commit.title]) ?? [];
      return tickets.length === 0 ? commit : { ...commit, tickets };
    });
    return { ...ships, commits };
  };
}
