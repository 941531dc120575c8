import { type ChangeRef, shortSha } from '../../core/change/change.js';
import type { Deployment, Status } from '../../core/deployment/deployment.js';
import { clip, oneLine, shown } from '../limits.js';
import { link, type Phrase, sha, theirs } from './rich.js';

/** `1 change`, `3 changes`. */
export const counted = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

/** Titles are in curly quotation marks, so that readers see where they end. */
export const quoted = (title: string): Phrase => ['“', theirs(title), '”'];

/** `abc1234 “Add prices”`, with the SHA linked if there is an address. */
export const named = (change: Pick<ChangeRef, 'sha' | 'title'>, url?: string | null): Phrase => [
  sha(change.sha, url),
  ' ',
  ...quoted(change.title),
];

/** The service and short SHA as plain words, for a confirmation. */
export const namedPlainly = (service: string, fullSha: string): string =>
  `${plainService(service)} ${shortSha(fullSha)}`;

/** The service as plain words, for a confirmation. */
export const plainService = (service: string): string => clip(oneLine(service), shown.name);

/** The words for each deployment status; they are fixed by the contract. */
export const STATUS: Readonly<Record<Status, string>> = {
  waiting: 'waiting for approval',
  queued: 'queued',
  dispatching: 'starting',
  unknown: 'unknown, looking it up',
  deploying: 'deploying',
  hung: 'hung',
  baking: 'baking',
  live: 'live',
  failed: 'failed in production',
  rejected: 'rejected',
  withdrawn: 'withdrawn',
  expired: 'expired',
  cancelled: 'cancelled',
  lost: 'lost',
  stopped: 'stopped',
};

/** A mark for each status; the marks differ in shape, not only in colour. */
export const MARK: Readonly<Record<Status, string>> = {
  waiting: 'raised_hand',
  queued: 'hourglass_flowing_sand',
  dispatching: 'outbox_tray',
  unknown: 'question',
  deploying: 'rocket',
  hung: 'warning',
  baking: 'timer_clock',
  live: 'checkered_flag',
  failed: 'boom',
  rejected: 'no_entry',
  withdrawn: 'leftwards_arrow_with_hook',
  expired: 'alarm_clock',
  cancelled: 'no_entry_sign',
  lost: 'mag',
  stopped: 'octagonal_sign',
};

/** The words before the requester, for each kind. */
export const ASKED: Readonly<Record<Deployment['kind'], string>> = {
  deploy: 'requested by',
  retry: 'Retry requested by',
  'roll back': 'rollback requested by',
};

/** The run's address, if there is a run. */
export const runUrl = (deployment: Deployment): string | null =>
  'run' in deployment && deployment.run ? deployment.run.url : null;

/** ` · run`, linked; nothing if there is no run. */
export function runLink(deployment: Deployment): Phrase {
  const url = runUrl(deployment);
  return url ? [' · ', link(url, 'run')] : [];
}

export const capital = (words: string): string => words.slice(0, 1).toUpperCase() + words.slice(1);
