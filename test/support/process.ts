import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { configOf, SECRETS, type Team } from './team.js';
import { until } from './until.js';

/** Pushbutton as a process of its own, as `npm start` runs it. */
export interface Running {
  readonly port: number;
  readonly process: ChildProcess;
  /** Everything that it has printed so far. */
  readonly printed: () => string;
  /** `kill -9`: nothing is finished, nothing is said. Resolves when the process is gone. */
  readonly kill: () => Promise<void>;
  /** Asks it to stop; gives its exit code and how long it took, in ms. */
  readonly terminate: () => Promise<{ code: number | null; ms: number }>;
}

/** Starts the program on the team's database, Slack and GitHub, and waits until it is ready. Slack and GitHub send to it. */
export async function startProcess(team: Team, config = configOf()): Promise<Running> {
  const folder = mkdtempSync(path.join(tmpdir(), 'pushbutton-process-'));
  const file = path.join(folder, 'pushbutton.yml');
  writeFileSync(file, config);
  const child = spawn(
    process.execPath,
    [path.resolve(process.env.PUSHBUTTON_TEST_BUILD ?? '', 'src/cli.js'), 'start'],
    {
      env: {
        PATH: process.env.PATH,
        SLACK_BOT_TOKEN: SECRETS.botToken,
        SLACK_SIGNING_SECRET: SECRETS.signingSecret,
        SLACK_API_URL: team.slack.apiUrl,
        GITHUB_TOKEN: SECRETS.githubToken,
        GITHUB_WEBHOOK_SECRET: SECRETS.webhookSecret,
        GITHUB_API_URL: team.github.url,
        DATABASE_URL: team.databaseUrl,
        PUSHBUTTON_CONFIG: file,
        PORT: '0',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
  }
  const gone = once(child, 'exit').finally(() => rmSync(folder, { recursive: true, force: true }));
  const ready = await until(
    'the process is ready',
    () => {
      if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}: ${printed}`);
      const found = /"msg":"ready"[^\n]*"port":(\d+)/.exec(printed)?.[1];
      if (found === undefined) throw new Error(`it has printed ${printed}`);
      return found;
    },
    20_000,
  ).catch((error: unknown) => {
    child.kill('SIGKILL');
    throw error;
  });
  const port = Number(ready);
  team.slack.setEventsUrl(`http://127.0.0.1:${port}/slack/events`);
  team.github.setWebhookUrl(`http://127.0.0.1:${port}/github/webhooks`);
  return {
    port,
    process: child,
    printed: () => printed,
    kill: async () => {
      child.kill('SIGKILL');
      await gone;
    },
    terminate: async () => {
      const began = performance.now();
      child.kill('SIGTERM');
      await gone;
      return { code: child.exitCode, ms: performance.now() - began };
    },
  };
}
