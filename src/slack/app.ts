import type { IncomingMessage, ServerResponse } from 'node:http';
import bolt, { type Logger } from '@slack/bolt';
import type { Tracing } from '../tracing/tracing.js';
import { onAction } from './actions.js';
import { type AskingDeps, onAnswers } from './ask.js';
import { type CommandDeps, onCommand } from './commands.js';
import type { createHome } from './home.js';
import type { Identity } from './identity.js';
import { onMention } from './mention.js';
import { onReason } from './reject.js';
import { createSocket, type Socket, type Way } from './socket.js';
import { createTurnPage } from './turn-page.js';
import { ASK } from './views/ask.js';
import { createWhyNot } from './why-not.js';

const { App, HTTPReceiver } = bolt;

export interface SlackAppDeps extends AskingDeps, CommandDeps {
  readonly identity: () => Identity | null;
  readonly home: ReturnType<typeof createHome>;
  readonly botToken: string;
  readonly signingSecret: string;
  readonly appToken: string | undefined;
  readonly apiUrl: string;
  readonly logger: Logger;
  /** What arrived over the socket was answered, or was refused an answer, after so many seconds. */
  readonly answeredSocket: (seconds: number) => void;
  readonly tracing: Tracing;
  /** How long to wait before a socket that failed to open is tried again. */
  readonly socketAgainMs: number;
  /** Which way the socket goes; null: directly. */
  readonly way: Way | null;
}

export interface SlackApp {
  /** Handles what Slack sends to POST /slack/events; null in Socket Mode, where we open the connection. */
  readonly listener: ((request: IncomingMessage, response: ServerResponse) => void) | null;
  /** Connects the socket, if any. Throws if Slack refuses the app token; keeps trying if Slack does not answer. */
  readonly start: () => Promise<void>;
  /** null when presses can arrive; otherwise why they cannot. */
  readonly problem: () => string | null;
  readonly stop: () => Promise<void>;
}

/** Slack refuses larger bodies, and so do we. */
const MOST_BYTES = 4 * 1024 * 1024;
/** A press is a few kilobytes, dozens with its card. Few larger bodies are read at once: each is verified once read. */
const LARGE_BYTES = 256 * 1024;
const MOST_LARGE = 16;
/** For bodies that do not declare their length. Those from Slack do; a proxy in between may drop it. */
const MOST_UNSAID = 64;
const held = { large: 0, unsaid: 0 };
/** The most that Slack allows between a request's timestamp and its arrival, in either direction. */
const SKEW_SECONDS = 300;

/**
 * Bolt, with all listeners in one place. If a listener throws before it answers, the answer is 503, so that nothing
 * unsaved is ever acknowledged.
 */
export function createSlackApp(deps: SlackAppDeps): SlackApp {
  const { botToken, signingSecret, appToken, apiUrl, logger } = deps;
  const clientOptions = {
    slackApiUrl: apiUrl,
    timeout: 10_000,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
  };
  const http = appToken
    ? null
    : new HTTPReceiver({
        signingSecret,
        logger,
        bodyLimit: MOST_BYTES,
        processEventErrorHandler: async ({ error, response }) => {
          logger.warn(`a request from Slack was not saved: ${error.name}`);
          if (!response.headersSent) response.writeHead(503).end();
          return false;
        },
      });
  const socket = appToken ? createSocket(appToken, clientOptions, logger, deps.socketAgainMs, deps.way) : null;
  const app = new App({
    receiver: http ?? (socket as Socket).receiver,
    authorize: async () => {
      const us = deps.identity();
      return us ? { botToken, botId: us.botId, botUserId: us.botUser } : { botToken };
    },
    logger,
    convoStore: false,
    clientOptions,
  });

  if (socket) timeAnswers(app, deps.answeredSocket, deps.tracing);

  const { home } = deps;
  const whyNot = createWhyNot(deps);
  const looks = { turnPage: createTurnPage(deps, home.show), whyNot: whyNot.pressed, pressedAtHome: home.pressed };
  app.action(/.*/, onAction(deps, looks));
  app.shortcut({ callback_id: 'why', type: 'message_action' }, whyNot.onMessage);
  app.command('/release', onCommand(deps));
  app.event('app_mention', onMention(deps));
  app.event('app_home_opened', home.onOpened);
  app.view('reject', onReason(deps, home.pressed));
  app.view(ASK, onAnswers(deps, home.pressed));
  app.view(/^(?!(?:reject|deploy)$)/, async ({ ack }) => ack());
  app.error(async (error) => {
    throw error;
  });

  return {
    listener: http ? (request, response) => listen(http, request, response) : null,
    start: async () => socket?.start(),
    problem: () => socket?.problem() ?? null,
    stop: async () => socket?.stop(),
  };
}

/** Over HTTP the server times each answer; over the socket, the answer is Bolt's acknowledgement. */
function timeAnswers(app: InstanceType<typeof App>, answered: (seconds: number) => void, { begin }: Tracing): void {
  const process = app.processEvent.bind(app);
  app.processEvent = async (event) => {
    const since = performance.now();
    let told = false;
    const tell = () => {
      if (!told) answered((performance.now() - since) / 1_000);
      told = true;
    };
    const ack: typeof event.ack = async (...said) => {
      await event.ack(...said);
      tell();
    };
    await begin('Slack socket', 'asked', {}, () => process({ ...event, ack })).finally(tell);
  };
}

/**
 * Bolt accepts a timestamp from the future, and parses a form body with a charset as JSON. So a timestamp too far from
 * now is refused, and the content type is passed on without its parameters.
 */
function listen(receiver: InstanceType<typeof HTTPReceiver>, request: IncomingMessage, response: ServerResponse): void {
  const stamp = Number(request.headers['x-slack-request-timestamp']);
  if (!Number.isFinite(stamp) || Math.abs(Date.now() / 1_000 - stamp) > SKEW_SECONDS) {
    response.writeHead(401).end();
    return;
  }
  const said = request.headers['content-length'];
  const kind = said === undefined ? 'unsaid' : Number(said) <= LARGE_BYTES ? null : 'large';
  if (kind) {
    if (held[kind] >= (kind === 'large' ? MOST_LARGE : MOST_UNSAID)) {
      response.writeHead(503, { connection: 'close' }).end();
      return;
    }
    held[kind] += 1;
    response.once('close', () => {
      held[kind] -= 1;
    });
  }
  if (request.headers['content-type']?.toLowerCase().startsWith('application/x-www-form-urlencoded')) {
    request.headers['content-type'] = 'application/x-www-form-urlencoded';
  }
  receiver.requestListener(request, response);
}
