import type { IncomingMessage, ServerResponse } from 'node:http';
import bolt, { type Logger } from '@slack/bolt';
import { type ActionDeps, onAction } from './actions.js';
import { type CommandDeps, onCommand } from './commands.js';
import { createHome, type HomeDeps } from './home.js';
import { onMention } from './mention.js';
import { onReason } from './reject.js';
import { createSocket, type Socket } from './socket.js';

const { App, HTTPReceiver } = bolt;

export interface SlackAppDeps extends ActionDeps, CommandDeps, HomeDeps {
  readonly botToken: string;
  readonly signingSecret: string;
  readonly appToken: string | undefined;
  readonly apiUrl: string;
  readonly logger: Logger;
  /** Until the socket is opened again that could not be. */
  readonly socketAgainMs: number;
}

export interface SlackApp {
  /** Answers what Slack sends to POST /slack/events. null in Socket Mode, where Slack is asked for it. */
  readonly listener: ((request: IncomingMessage, response: ServerResponse) => void) | null;
  /** Connects the socket, where there is one. Throws where Slack refuses the app token; a Slack that is away is asked on. */
  readonly start: () => Promise<void>;
  /** null: presses can come; else why not. */
  readonly problem: () => string | null;
  readonly stop: () => Promise<void>;
}

/** Slack refuses bodies over this, and so do we. */
const MOST_BYTES = 4 * 1024 * 1024;
/** A press is a few kilobytes, with its card some dozens. Of larger bodies few are read at once: whose they are is known at their end. */
const LARGE_BYTES = 256 * 1024;
const MOST_LARGE = 16;
/** Those that do not say how long they are; Slack's do, a proxy between may not. */
const MOST_UNSAID = 64;
const held = { large: 0, unsaid: 0 };
/** As much as Slack allows between its stamp and its arrival, in either direction. */
const SKEW_SECONDS = 300;

/**
 * Bolt with every listener on one screen. What a listener throws before it answers is answered 503, so that nothing
 * that was not saved is ever acknowledged.
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
  const socket = appToken ? createSocket(appToken, clientOptions, logger, deps.socketAgainMs) : null;
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

  const home = createHome(deps);
  app.action(/.*/, onAction(deps, home.show));
  app.command('/release', onCommand(deps));
  app.event('app_mention', onMention(deps));
  app.event('app_home_opened', home.onOpened);
  app.view('reject', onReason(deps));
  app.view(/^(?!reject$)/, async ({ ack }) => ack());
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

/**
 * Bolt accepts a stamp from the future and takes a form body with a charset for JSON: a stamp that is too far from now is
 * refused, and the content type is given without its parameters.
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
