import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expectNoSecret, passwordIn } from './secrets.js';
import { configOf, SECRETS, type Team } from './team.js';
import { until } from './until.js';

/** Pushbutton in its own process, as `npm start` runs it. */
export interface Running {
  /** 0: it died before it was ready, as it was told to do. */
  readonly port: number;
  readonly process: ChildProcess;
  /** Everything it has printed so far. */
  readonly printed: () => string;
  /** `kill -9`: nothing is finished or said. Resolves when the process is gone. */
  readonly kill: () => Promise<void>;
  /** Resolves when the process is gone. */
  readonly gone: Promise<unknown>;
  /** Asks it to stop; returns its exit code and how long it took, in ms. */
  readonly terminate: () => Promise<{ code: number | null; ms: number }>;
}

/** The lines a process printed in which Node warns, in its log or outside it. */
export const warningsIn = (printed: string): string[] =>
  printed.split('\n').filter((line) => line.includes('"warning of Node"') || /\b\w*Warning: /.test(line));

/** What a real Pushbutton of that team has in its environment, except for the config. */
export const environmentOf = (team: Team): Record<string, string> => ({
  PATH: process.env.PATH ?? '',
  SLACK_BOT_TOKEN: SECRETS.botToken,
  SLACK_SIGNING_SECRET: SECRETS.signingSecret,
  SLACK_API_URL: team.slack.apiUrl,
  GITHUB_TOKEN: SECRETS.githubToken,
  GITHUB_WEBHOOK_SECRET: SECRETS.webhookSecret,
  GITHUB_API_URL: team.github.url,
  DATABASE_URL: team.databaseUrl,
  PORT: '0',
});

/** Starts the program on the team's database, Slack and GitHub, and waits until it is ready. Slack and GitHub send to it. */
export async function startProcess(
  team: Team,
  config = configOf(),
  more: Record<string, string> = {},
): Promise<Running> {
  const folder = mkdtempSync(path.join(tmpdir(), 'pushbutton-process-'));
  const file = path.join(folder, 'pushbutton.yml');
  writeFileSync(file, config);
  const program = path.resolve(process.env.PUSHBUTTON_TEST_BUILD ?? '', 'src/cli.js');
  const env = { ...environmentOf(team), PUSHBUTTON_CONFIG: file, ...more };
  const running = await startCommand(team, [process.execPath, program, 'start'], { env });
  running.process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return running;
}

/** Starts Pushbutton by a command, and waits until it is ready. Slack and GitHub of the team send to it. */
export async function startCommand(
  team: Team,
  [file = '', ...args]: string[],
  options: { env: Record<string, string>; cwd?: string },
): Promise<Running> {
  // Its own process group: a platform stops everything that a command has started.
  const child = spawn(file, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const signal = (name: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null && child.pid) process.kill(-child.pid, name);
  };
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
  }
  const { GITHUB_PRIVATE_KEY = '', DATABASE_URL = '' } = options.env;
  const of = [GITHUB_PRIVATE_KEY, DATABASE_URL && passwordIn(DATABASE_URL)];
  const gone = once(child, 'close').then(() => {
    expectNoSecret('what it printed', printed, of);
    // Nothing it did is deprecated, by Node or by a package.
    expect(warningsIn(printed)).toEqual([]);
  });
  // Whoever waits for it is told.
  gone.catch(() => {});
  const ready = await until(
    'the process is ready',
    () => {
      if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}: ${printed}`);
      // Its work may have brought it there before it was ready.
      if (child.signalCode === 'SIGKILL' && options.env.PUSHBUTTON_DIES_AT) return '0';
      const found = /"msg":"ready"[^\n]*"port":(\d+)/.exec(printed)?.[1];
      if (found === undefined) throw new Error(`it has printed ${printed}`);
      return found;
    },
    20_000,
  ).catch((error: unknown) => {
    signal('SIGKILL');
    throw error;
  });
  const port = Number(ready);
  if (port > 0) {
    team.slack.setEventsUrl(`http://127.0.0.1:${port}/slack/events`);
    team.github.setWebhookUrl(`http://127.0.0.1:${port}/github/webhooks`);
  }
  return {
    port,
    process: child,
    printed: () => printed,
    gone,
    kill: async () => {
      signal('SIGKILL');
      await gone;
    },
    terminate: async () => {
      const began = performance.now();
      signal('SIGTERM');
      await gone;
      return { code: child.exitCode, ms: performance.now() - began };
    },
  };
}

/** How a command ended, and all that it printed. A command that does not end is stopped after 20 s. */
export async function runCommand(
  [file = '', ...args]: string[],
  options: { env: Record<string, string>; cwd: string },
): Promise<{ code: number | null; printed: string }> {
  const child = spawn(file, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'], timeout: 20_000 });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
  }
  const [code] = await once(child, 'close');
  return { code, printed };
}
