/** The instants between two steps at which a replica may die and nothing may be lost or done twice. */

/** In the order of a change's way; the fault suite kills a replica at each of them. */
export const CRASH_POINTS = [
  'migrate: queue ready',
  'migrate: done',
  'taken in',
  'gathered',
  'decided',
  'committed',
  'dispatch: reached',
  'dispatch: claimed',
  'dispatch: answered',
  'follow: read',
  'follow: jobs saved',
  'look up: found',
  'cancel: answered',
  're-run: claimed',
  're-run: answered',
  'card: about to post',
  'card: posted',
  'card: updated',
  'card: noted',
  'reply: told',
  'digest: about to post',
  'digest: posted',
] as const;

export type CrashPoint = (typeof CRASH_POINTS)[number];

/** For tests alone: where this process dies, as by `kill -9`, the first time that it comes there. */
const fatal = process.env.PUSHBUTTON_DIES_AT;

/** Here a replica may die. */
export function reached(point: CrashPoint): void {
  if (point === fatal) process.kill(process.pid, 'SIGKILL');
}
