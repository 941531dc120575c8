import bolt, { type Logger } from '@slack/bolt';
import { askSlack, isPassing } from './client.js';

const { SocketModeReceiver } = bolt;

export interface Socket {
  readonly receiver: InstanceType<typeof SocketModeReceiver>;
  /**
   * Tries to connect once. If Slack refuses the app token, throws an error whose message is for people. If Slack does
   * not answer, keeps trying for as long as it takes.
   */
  readonly start: () => Promise<void>;
  /** null when presses can arrive; otherwise why they cannot. */
  readonly problem: () => string | null;
  readonly stop: () => Promise<void>;
}

/** Which way a connection goes: a dispatcher of undici. */
export type Way = NonNullable<ConstructorParameters<typeof SocketModeReceiver>[0]['dispatcher']>;

/** A connection that ends sooner than this counts as failed: the next one is not opened at once. */
const LASTED_MS = 10_000;
/** Time for the call for an address (ten seconds at most), for opening the socket, and for Slack to say hello. */
const HELLO_MS = 15_000;
const CLOSE_MS = 2_000;

/**
 * Keeps the Socket Mode connection open. Slack renews it every few hours. When the client reconnects by itself, it
 * waits five seconds even then, and presses are lost meanwhile. One 5xx or dropped connection in its call ends it with
 * a rejection that nobody handles. So the client connects once, and this code reconnects. `dispatcher`: which way the
 * connection goes, when not directly.
 */
export function createSocket(
  appToken: string,
  clientOptions: { slackApiUrl: string; timeout: number; retryConfig: { retries: number } },
  logger: Logger,
  againMs: number,
  dispatcher: Way | null = null,
): Socket {
  const receiver = new SocketModeReceiver({
    appToken,
    logger,
    autoReconnectEnabled: false,
    installerOptions: { clientOptions },
    ...(dispatcher ? { dispatcher } : {}),
    processEventErrorHandler: async () => false,
  });
  const { client } = receiver;
  let connectedAt: number | null = null;
  let refused: string | null = null;
  let waiting: NodeJS.Timeout | null = null;
  let stopped = false;

  client.on('connected', () => {
    connectedAt = Date.now();
    refused = null;
  });
  client.on('disconnected', () => {
    // connect() handles an attempt that failed.
    if (connectedAt === null) return;
    const lasted = Date.now() - connectedAt;
    connectedAt = null;
    again(lasted < LASTED_MS ? againMs : 0);
  });

  async function connect(): Promise<void> {
    const late = setTimeout(() => void client.disconnect(), HELLO_MS);
    const answer = await askSlack(() => receiver.start());
    clearTimeout(late);
    if (answer.is === 'ok') {
      if (stopped) void client.disconnect();
      return;
    }
    refused = answer.is === 'refused' && !isPassing(answer.error) ? answer.error : null;
    again(againMs);
  }

  function again(afterMs: number): void {
    if (stopped || waiting) return;
    waiting = setTimeout(() => {
      waiting = null;
      void connect();
    }, afterMs);
  }

  return {
    receiver,
    start: async () => {
      await connect();
      if (refused !== null)
        throw new Error(
          `SLACK_APP_TOKEN: Slack answers ${refused}; expected an app-level token with the scope connections:write (Basic Information)`,
        );
    },
    problem: () => {
      if (refused !== null) return `refuses SLACK_APP_TOKEN: ${refused}`;
      return connectedAt === null ? 'is not connected in Socket Mode' : null;
    },
    stop: async () => {
      stopped = true;
      if (waiting) clearTimeout(waiting);
      const late = new Promise<void>((resolve) => setTimeout(resolve, CLOSE_MS).unref());
      await Promise.race([client.disconnect(), late]);
    },
  };
}
