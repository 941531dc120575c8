import { unfinishedChanges } from '../../src/db/changes.js';
import type { Queryable } from '../../src/db/pool.js';
import {
  awaitingOf,
  claimResultRerun,
  forgetResultRerun,
  newestAwaiting,
  resultRerunAskedFor,
  saveResults,
  stopAwaiting,
} from '../../src/db/results.js';

const SHA = (19_000).toString(16).padStart(40, '0').split('').reverse().join('');

const RERUN = { changeId: 19_000, runId: 5, attempt: 1 };

/** The statements about required results, for the oracle of plans. */
export const resultStatements: [string, (db: Queryable) => Promise<unknown>][] = [
  ['how a change stands with results', (db) => save(db, 'running')],
  ['what a change waits for', (db) => awaitingOf(db, 19_000)],
  ['that a change waits for nothing more', (db) => stopAwaiting(db, 19_000)],
  ['the newest change that waits', (db) => newestAwaiting(db, ['shop', 'site'])],
  ['the claim to run a result again', (db) => claimResultRerun(db, RERUN)],
  ['that it was not sent', (db) => forgetResultRerun(db, RERUN)],
  ['when it was sent', (db) => resultRerunAskedFor(db, RERUN)],
  ['which changes have something left to do', (db) => unfinishedChanges(db)],
];

const save = (db: Queryable, whole: 'running' | 'passed') =>
  saveResults(db, 'shop', { write: 'results', sha: SHA, results: [], own: 'passed', whole });
