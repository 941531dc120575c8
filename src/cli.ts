/**
 * The commands start, migrate, doctor and audit. Every expected fault is one line that says what to fix. Each command
 * loads only what it needs: loading everything takes more than half a second of processor time.
 */

import { Command } from 'commander';
import { addAudit } from './audit/audit.js';
import { type Config, ConfigProblems, loadConfig } from './config/config.js';
import { waysOf } from './config/proxy.js';
import { secretsIn } from './config/secrets.js';
import { lineOfFault, wordsOf } from './db/fault-mend.js';
import { startLocalPostgres } from './db/local-postgres.js';
import { reportJson, reportText } from './doctor/report.js';
import { createLog, type Log } from './log/log.js';
import { secretsRemover } from './log/secrets.js';
import { takeOverStreams } from './log/streams.js';
import type { Pushbutton } from './main.js';
import { TokenRefused } from './slack/token-refused.js';

/** Load balancers check readiness about once a second. */
const LEAVE_MS = 1_500;
const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

const program = new Command('pushbutton')
  .description('Release any change at any time with the push of a button in Slack.')
  .showHelpAfterError();
program
  .command('start')
  .description('apply pending migrations, then listen')
  .action(() => run(start));
program
  .command('migrate')
  .description('apply pending migrations')
  .action(() => run(async (log) => void (await prepare(log, loadConfig(process.env)))));
program
  .command('doctor')
  .description(
    'check all that can be looked at without changing anything: settings, database, Slack, GitHub, change management, ' +
      'clocks; exit code 1 when something is wrong',
  )
  .option('--json', 'print one JSON document instead of lines')
  .action(doctor);
addAudit(program, secretsRemover(secretsIn(process.env).filter((value) => value.length >= 12)));
await program.parseAsync();

/** Runs one command. Faults that a person must fix end it with exit code 1, one line each. */
async function run(command: (log: Log) => Promise<void>): Promise<void> {
  const level = process.env.LOG_LEVEL?.trim().toLowerCase() ?? 'info';
  const log = createLog({ level: LEVELS.includes(level) ? level : 'info', secrets: secretsIn(process.env) });
  takeOverStreams(log);
  try {
    await command(log);
  } catch (error) {
    // Faults that a person must fix are logged at any level.
    if (log.level === 'silent') log.level = 'fatal';
    for (const line of linesOf(error)) log.fatal(line);
    process.exitCode = 1;
  }
}

function linesOf(error: unknown): string[] {
  if (error instanceof ConfigProblems) return error.lines();
  if (error instanceof TokenRefused)
    return [`SLACK_BOT_TOKEN: Slack answers ${error.message}; expected the Bot User OAuth Token of an installed app`];
  const { code, port, message } = error as { code?: unknown; port?: unknown; message?: unknown };
  if (code === 'EADDRINUSE') return [`PORT: ${String(port)} is in use; expected a free port`];
  if (code === 'EACCES') return [`PORT: no permission to listen on ${String(port)}; expected a port above 1023`];
  const why = typeof message === 'string' && message ? message : String(code ?? error);
  return [/^[A-Z_]+: /.test(why) ? why : `the start failed: ${why}`];
}

/** Migrates the database of the config. */
async function prepare(log: Log, config: Config): Promise<string> {
  const { migrate } = await import('./db/migrate.js');
  const url = config.database.kind === 'url' ? config.database.url : await embedded(config.database.folder, log);
  const applied = await migrate(url, config.connections).catch((error: unknown) => {
    throw new Error(`DATABASE_URL: ${lineOfFault(error)}`);
  });
  if (applied.length > 0) log.info({ applied }, 'migrated');
  return url;
}

async function embedded(folder: string, log: Log): Promise<string> {
  log.info({ folder }, 'DATABASE_URL is not set: using an embedded database, for this machine only');
  return (await startLocalPostgres(folder, (line) => log.info(line))).url;
}

/** Prints a report for people, or one JSON document. Writes no log; warnings from libraries stay on stderr. */
async function doctor({ json = false }: { json?: boolean }): Promise<void> {
  const { stdout } = process;
  const width = stdout.isTTY ? Math.min(stdout.columns || 80, 100) : null;
  // Short secrets, such as the password "postgres", also occur in our own texts.
  const clean = secretsRemover(secretsIn(process.env).filter((value) => value.length >= 12));
  try {
    const { examine } = await import('./doctor/doctor.js');
    const checks = await examine(process.env);
    const paper = { width, colour: stdout.isTTY && stdout.hasColors() };
    stdout.write(clean(json ? reportJson(checks) : reportText(checks, paper)));
    if (checks.some(({ verdict }) => verdict.is === 'wrong')) process.exitCode = 1;
  } catch (error) {
    process.stderr.write(`${clean(`the doctor itself failed: ${wordsOf(error)}`)}\n`);
    process.exitCode = 1;
  }
}

async function start(log: Log): Promise<void> {
  let pushbutton: Pushbutton | null = null;
  let stopping = false;
  const stop = (signal: string) => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'stopping');
    setTimeout(() => process.exit(0), 10_000).unref();
    if (!pushbutton) process.exit(0);
    void pushbutton.stop(LEAVE_MS).then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'stopping failed');
        process.exit(1);
      },
    );
  };
  // This comes first: a signal may arrive during the wait for the database, and PID 1 has no default signal handlers.
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));
  const config = loadConfig(process.env);
  if (config.collector !== undefined) await (await import('./tracing/packages.js')).loadPackages();
  const url = await prepare(log, config);
  const ways = waysOf(config);
  if (ways) log.info(ways, 'a forward proxy is set');
  const { startPushbutton } = await import('./main.js');
  pushbutton = await startPushbutton(config, url, log);
}
