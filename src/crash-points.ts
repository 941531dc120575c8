/** The points between two steps where a replica may die without losing work or doing it twice. */

/** In the order in which a change passes them. The fault suite kills a replica at each. */
export const CRASH_POINTS = [
  'migrate: tables ready',
  'migrate: done',
  'taken in',
  'gathered',
  'decided',
  'committed',
  'held: carried out',
  'dispatch: reached',
  'dispatch: claimed',
  'dispatch: answered',
  'jobs moved: decided',
  'follow: read',
  'follow: jobs saved',
  'look up: found',
  'checks: answered',
  'check run: claimed',
  'check run: answered',
  'cancel: answered',
  're-run: claimed',
  're-run: answered',
  'card: about to post',
  'card: posted',
  'card: updated',
  'card: noted',
  'story: about to post',
  'story: posted',
  'failure: read',
  'failure: about to post',
  'failure: posted',
  'reply: told',
  'change ticket: claimed',
  'change ticket: accepted',
  'digest: about to post',
  'digest: posted',
] as const;

export type CrashPoint = (typeof CRASH_POINTS)[number];

/** Only for tests: this process dies, as by `kill -9`, when it first reaches this point. */
const fatal = process.env.PUSHBUTTON_DIES_AT;

/** Marks a point where a replica may die. */
export function reached(point: CrashPoint): void {
  if (point === fatal) process.kill(process.pid, 'SIGKILL');
}
