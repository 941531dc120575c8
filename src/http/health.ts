import { withTimeout } from '../waits/timeout.js';

/** What readiness depends on. `null` means fine; a text says what is wrong. */
export interface Checks {
  /** A problem with either stops all work. */
  readonly database: () => Promise<string | null>;
  readonly slack: () => Promise<string | null>;
  /** Whether this replica takes work. */
  readonly replica: () => Promise<string | null>;
  /** Faults of one channel, one repository or GitHub, each named by id; they stop no work elsewhere. */
  readonly warnings: () => Promise<readonly string[]>;
}

export interface Readiness {
  readonly status: 200 | 503;
  readonly body: {
    readonly ready: boolean;
    readonly problems: Record<string, string>;
    readonly warnings: readonly string[];
  };
}

const PATIENCE_MS = 1_500;

/** Answers within two seconds, even if a check hangs. */
export async function readiness(checks: Checks): Promise<Readiness> {
  const [database, slack, replica, warnings] = await Promise.all([
    withTimeout(checks.database(), PATIENCE_MS, 'no answer in time'),
    withTimeout(checks.slack(), PATIENCE_MS, 'no answer in time'),
    checks.replica(),
    withTimeout<readonly string[]>(checks.warnings(), PATIENCE_MS, []),
  ]);
  const problems: Record<string, string> = {};
  if (database !== null) problems.database = database;
  if (slack !== null) problems.slack = slack;
  if (replica !== null) problems.replica = replica;
  const ready = Object.keys(problems).length === 0;
  return { status: ready ? 200 : 503, body: { ready, problems, warnings } };
}
