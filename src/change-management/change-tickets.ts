/**
 * Tells the change management of a team what happens to deployments, by a webhook of its own: each line of the ledger that is
 * news at least once, those of a service in order, however often either side dies.
 */

import type pg from 'pg';
import type { Pauses } from '../core/pauses.js';
import { reached } from '../crash-points.js';
import { claimNews, followReceivers, noteAccepted, noteNotAccepted, readNews } from '../db/change-tickets.js';
import { type ChangeTicketHandlers, retryAfter } from '../flow/deliver.js';
import { deliveryBody, deliveryId } from './delivery.js';
import { addressOf, faultOf, type Receiver } from './receiver.js';
import { type Answer, send } from './send.js';
import { signedHeaders } from './sign.js';

interface ChangeTicketDeps {
  readonly pool: pg.Pool;
  readonly receivers: readonly (Receiver & { readonly repository: string })[];
  readonly pauses: Pauses;
  /** Notes a fault that a person must fix, by what it is about; null when it is over. */
  readonly fault: (name: string, what: string | null) => Promise<void>;
  readonly warn: (details: object, message: string) => void;
}

/** Longer than the ten seconds that we wait for an answer. */
const LEASE_MS = 15_000;
/** A receiver that is gone may come back, at the same address. */
const GONE_MS = 3_600_000;

export function createChangeTickets({ pool, receivers, pauses, fault, warn }: ChangeTicketDeps) {
  const byService = new Map(receivers.map((one) => [one.service, one]));

  /** How long the receiver rests, and in which words; null when it has accepted. */
  function restAfter(answer: Answer, failures: number): { readonly ms: number; readonly why: string } | null {
    switch (answer.is) {
      case 'accepted':
        return null;
      case 'gone':
        return { ms: GONE_MS, why: 'answers 410: it wants no more, and is asked again once an hour' };
      case 'rate limited':
        return { ms: answer.retryAfterMs, why: 'answers 429: too much' };
      case 'not accepted':
        return { ms: retryAfter(pauses.jobs, failures), why: answer.why };
    }
  }

  const jobs: ChangeTicketHandlers = {
    'tell change ticket': async ({ service }) => {
      const receiver = byService.get(service);
      const next = receiver ? await claimNews(pool, service, LEASE_MS) : null;
      if (!receiver || !next || next.is === 'none') return null;
      if (next.is === 'resting') return { afterMs: next.forMs };
      const { seq, mark, now, failures } = next;
      reached('change ticket: claimed');
      const news = await readNews(pool, seq);
      const body = deliveryBody(news, receiver.repository);
      const headers = signedHeaders({ id: deliveryId(news), at: now, body }, receiver.keys);
      const rest = restAfter(await send(receiver.url, headers, body), failures);
      if (rest) {
        // Another delivery has begun meanwhile: it says how the receiver is.
        if (await noteNotAccepted(pool, service, mark, rest.ms)) await fault(faultOf(service), rest.why);
        return { afterMs: rest.ms, atLeast: true };
      }
      reached('change ticket: accepted');
      if (failures > 0) await fault(faultOf(service), null);
      await noteAccepted(pool, service, seq, mark);
      // The next one, at once, even if another job has looked in vain meanwhile.
      return { afterMs: 0, atLeast: true };
    },
  };

  return {
    jobs,
    /** Of which somebody is told. */
    services: new Set(byService.keys()),
    faultNames: [...byService.keys()].map(faultOf),
    /** To be called once at the start. Who has just got a receiver is told of what happens from then on. */
    follow: async (): Promise<void> => {
      const left = await followReceivers(
        pool,
        receivers.map(({ service, url }) => ({ service, address: addressOf(url) })),
      );
      if (left.length > 0)
        warn({ services: left }, 'change_ticket is no longer in the config: nobody is told any more');
    },
  };
}
