import type { AddressInfo } from 'node:net';
import { createActing } from './acting.js';
import type { Fault } from './faults.js';
import { createPopulation } from './population.js';
import { createResponseUrls } from './response-urls.js';
import { createSlackServer, type RecordedCall } from './server.js';
import { createSockets } from './socket.js';
import { createWorkspace, type Ephemeral, type Message } from './workspace.js';

export interface SlackStandInOptions {
  signingSecret: string;
  botToken: string;
  /** The app-level token that opens a socket. */
  appToken?: string;
  /** Slack sends over the socket alone, as with socket_mode_enabled in the manifest, and nothing to `eventsUrl`. */
  socketMode?: boolean;
  /** 0, the default, picks a free one. */
  port?: number;
  /** The token's scopes; the default is what the product asks for, without the optional history scopes. */
  scopes?: string[];
  /** The bot's POST /slack/events; may be set later. */
  eventsUrl?: string;
  /** `off` lets every call through; `real` is the default. */
  limits?: 'real' | 'off';
  /** Milliseconds that Slack waits for the bot's answer, 3000 as in Slack. */
  patience?: number;
  /** The workspace's clock, in milliseconds. */
  now?: () => number;
  /** The clock that messages are stamped with, when it is another one: requests are signed by `now`, as the bot's own clock checks. */
  posted?: () => number;
}

export type SlackStandIn = Awaited<ReturnType<typeof startSlack>>;

const defaultScopes =
  'chat:write commands users:read users:read.email usergroups:read channels:read groups:read im:write app_mentions:read';

/**
 * A Slack workspace on 127.0.0.1 that refuses what Slack refuses. The Web API, the response_urls and the signed
 * requests to the bot all go over HTTP; the functions here are the people, the administrator and the bad weather.
 */
export async function startSlack(options: SlackStandInOptions) {
  const workspace = createWorkspace(options.now ?? Date.now, options.posted);
  const listeners = new Set<() => void>();
  workspace.changed = () => {
    for (const listener of listeners) listener();
  };
  let scopes = options.scopes ?? defaultScopes.split(' ');
  let eventsUrl = options.eventsUrl;
  let url = 'http://127.0.0.1';
  const responseUrls = createResponseUrls(workspace);
  const sockets = createSockets({ workspace, enabled: options.socketMode ?? false, url: () => url });
  const http = createSlackServer({
    workspace,
    responseUrls,
    botToken: options.botToken,
    appToken: options.appToken,
    scopes: () => scopes,
    limits: options.limits ?? 'real',
    url: () => url,
  });
  http.server.on('upgrade', sockets.upgrade);
  await new Promise<void>((resolve, reject) => {
    http.server.once('error', reject);
    http.server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  url = `http://127.0.0.1:${(http.server.address() as AddressInfo).port}`;
  const acting = createActing({
    workspace,
    responseUrls,
    signingSecret: options.signingSecret,
    sockets,
    patience: options.patience ?? 3000,
    url: () => url,
    eventsUrl: () => {
      if (!eventsUrl) throw new Error('the stand-in does not know the bot yet: call setEventsUrl');
      return eventsUrl;
    },
  });

  return {
    url,
    apiUrl: `${url}/api/`,
    workspace,
    setEventsUrl(to: string): void {
      eventsUrl = to;
    },
    /** What the token may do from now on. */
    setScopes(to: string[]): void {
      scopes = to;
    },
    ...createPopulation(workspace),
    ...acting,
    /** The channel's messages outside threads, oldest first. */
    messages: (channel: string): Message[] =>
      workspace.messages.filter((one) => one.channel === channel && one.thread_ts === undefined),
    /** A message and its replies, oldest first. */
    thread: (channel: string, ts: string): Message[] =>
      workspace.messages.filter((one) => one.channel === channel && (one.ts === ts || one.thread_ts === ts)),
    /** What only that person was shown, wherever it came from. */
    ephemerals: (user: string): Ephemeral[] => workspace.ephemerals.filter((one) => one.user === user),
    /** The messages in the conversation between the bot and that person. */
    dms: (user: string): Message[] =>
      workspace.messages.filter((one) => {
        const channel = workspace.channels.get(one.channel);
        return channel?.kind === 'im' && channel.members.has(user);
      }),
    /** Calls of the Web API as they came in, including posts to response_urls (`response_url`). */
    calls: (method?: string): RecordedCall[] =>
      http.calls.filter((one) => method === undefined || one.method === method),
    /** The next `times` calls of the method (`*`: any) that `when` accepts meet this fault. `Infinity`: until cleared. */
    fail(method: string, fault: Fault, times = 1, when?: (args: Record<string, unknown>) => boolean): void {
      http.faults.add(method, fault, times, when);
    },
    /** The connections of Socket Mode. */
    sockets: {
      count: sockets.count,
      refresh: sockets.refresh,
      cut: sockets.cut,
      setMute: sockets.setMute,
      handOut: sockets.handOut,
    },
    clearFaults: (): void => http.faults.clear(),
    /** Calls the listener after every change; returns the function that stops it. */
    onChange(listener: () => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    /** Closes the server and every connection, including those that hang. */
    stop: (): Promise<void> => {
      sockets.close();
      return http.close();
    },
  };
}
