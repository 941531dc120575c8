import { createHmac, randomUUID } from 'node:crypto';
import { post } from '../post.js';
import type { Json } from './shapes.js';

/** `duplicate` sends each twice at once under one GUID; `reordered` sends what comes together in reverse. */
export type WebhookMode = 'on' | 'off' | 'duplicate' | 'reordered';

/** One attempt to deliver an event to the bot. */
export interface Delivery {
  guid: string;
  event: string;
  action: string | null;
  at: Date;
  redelivery: boolean;
  body: string;
  /** The bot's answer; 0 if it gave none within ten seconds or could not be reached; null while under way. */
  status: number | null;
  answer: string;
  ms: number;
}

export interface DeliverOptions {
  guid?: string;
  signature?: 'good' | 'bad' | 'missing';
  headers?: Record<string, string>;
}

export interface WebhookSender {
  /** Sends an event later this tick, in order with others under the same key. */
  send(event: string, payload: Json, key: string): void;
  /** Sends anything at once, a string unchanged, whatever the mode; resolves with the bot's answer. */
  deliver(event: string, payload: unknown, options?: DeliverOptions): Promise<Delivery>;
  redeliver(guid: string): Promise<Delivery>;
  /** Runs `act` and resolves when everything it sent was answered or given up. */
  answered<T>(act: () => T): Promise<T>;
  idle(): Promise<void>;
  setMode(mode: WebhookMode): void;
  setUrl(url: string): void;
  url(): string | undefined;
  /** Sends nothing more and gives up what is under way. */
  close(): void;
  deliveries: Delivery[];
  /** How many events were not sent because the mode is off. */
  unsent(): number;
}

export interface SenderOptions {
  url: string | undefined;
  secret: string;
  now: () => Date;
  hookId: number;
  hookTarget: { type: 'integration' | 'repository'; id: string };
  onDelivery: (delivery: Delivery) => void;
}

// GitHub counts a delivery as failed after ten seconds and never sends it again by itself.
// https://docs.github.com/en/webhooks/using-webhooks/best-practices-for-using-webhooks
const patience = 10_000;
const gathering = 25;

/** The sender for one hook. */
export function webhookSender(options: SenderOptions): WebhookSender {
  let url = options.url;
  let mode: WebhookMode = 'on';
  const deliveries: Delivery[] = [];
  const closing = new AbortController();
  const queues = new Map<string, Promise<unknown>>();
  const underWay = new Set<Promise<unknown>>();
  let gathered: Array<() => Promise<unknown>> = [];
  let batch: Promise<unknown>[] | null = null;

  const track = <T>(work: Promise<T>): Promise<T> => {
    underWay.add(work);
    work.finally(() => underWay.delete(work)).catch(() => undefined);
    batch?.push(work);
    return work;
  };

  async function attempt(event: string, body: string, guid: string, how: DeliverOptions, redelivery: boolean) {
    const started = performance.now();
    const delivery: Delivery = {
      guid,
      event,
      action: actionOf(body),
      at: options.now(),
      redelivery,
      body,
      status: null,
      answer: '',
      ms: 0,
    };
    deliveries.push(delivery);
    options.onDelivery(delivery);
    try {
      if (!url) throw new Error('no webhook URL is set');
      const signal = AbortSignal.any([closing.signal, AbortSignal.timeout(patience)]);
      const { status, answer } = await post(url, headersOf(event, body, guid, how), body, signal);
      Object.assign(delivery, { status, answer });
    } catch (error) {
      delivery.status = 0;
      delivery.answer = error instanceof Error ? error.message : String(error);
    }
    delivery.ms = performance.now() - started;
    options.onDelivery(delivery);
    return delivery;
  }

  function headersOf(event: string, body: string, guid: string, how: DeliverOptions): Record<string, string> {
    const sign = (hash: 'sha1' | 'sha256') =>
      `${hash}=${createHmac(hash, how.signature === 'bad' ? `not ${options.secret}` : options.secret)
        .update(body)
        .digest('hex')}`;
    return {
      accept: '*/*',
      'content-type': 'application/json',
      'user-agent': 'GitHub-Hookshot/5a1d4b8',
      'x-github-delivery': guid,
      'x-github-event': event,
      'x-github-hook-id': String(options.hookId),
      'x-github-hook-installation-target-id': options.hookTarget.id,
      'x-github-hook-installation-target-type': options.hookTarget.type,
      ...(how.signature !== 'missing' && { 'x-hub-signature': sign('sha1'), 'x-hub-signature-256': sign('sha256') }),
      ...how.headers,
    };
  }

  function inOrder(key: string, work: () => Promise<unknown>): Promise<unknown> {
    const next = (queues.get(key) ?? Promise.resolve()).then(work);
    queues.set(key, next);
    next.finally(() => queues.get(key) === next && queues.delete(key)).catch(() => undefined);
    return next;
  }

  function backwards(work: () => Promise<unknown>): Promise<unknown> {
    return new Promise((resolve) => {
      gathered.push(() => work().then(resolve));
      if (gathered.length > 1) return;
      setTimeout(async () => {
        const all = gathered.reverse();
        gathered = [];
        for (const each of all) await each();
      }, gathering);
    });
  }

  let unsent = 0;
  const sender: WebhookSender = {
    deliveries,
    unsent: () => unsent,
    send(event, payload, key) {
      if (mode === 'off' || !url) {
        unsent += 1;
        return;
      }
      const body = JSON.stringify(payload);
      const guid = randomUUID();
      const once = () => attempt(event, body, guid, {}, false);
      if (mode === 'duplicate') track(inOrder(key, () => Promise.all([once(), once()])));
      else if (mode === 'reordered') track(backwards(once));
      else track(inOrder(key, once));
    },
    deliver(event, payload, how = {}) {
      const body = typeof payload === 'string' ? payload : JSON.stringify(payload);
      return track(attempt(event, body, how.guid ?? randomUUID(), how, false));
    },
    async redeliver(guid) {
      const first = deliveries.find((each) => each.guid === guid);
      if (!first) throw new Error(`nothing was delivered as ${guid}`);
      return track(attempt(first.event, first.body, guid, {}, true));
    },
    async answered(act) {
      const own: Promise<unknown>[] = [];
      const outer = batch;
      batch = own;
      let result: ReturnType<typeof act>;
      try {
        result = act();
      } finally {
        batch = outer;
      }
      await Promise.all(own);
      return result;
    },
    async idle() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
    setMode(next) {
      mode = next;
    },
    setUrl(next) {
      url = next;
    },
    url: () => url,
    close() {
      mode = 'off';
      closing.abort();
    },
  };
  return sender;
}

function actionOf(body: string): string | null {
  try {
    const parsed: unknown = JSON.parse(body);
    const action = typeof parsed === 'object' && parsed !== null && 'action' in parsed ? parsed.action : null;
    return typeof action === 'string' ? action : null;
  } catch {
    return null;
  }
}
