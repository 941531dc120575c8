import type pg from 'pg';
import { saveStaging } from '../../src/db/changes.js';
import { ensureServices } from '../../src/db/services.js';
import { addDeployment } from '../../src/db/transitions.js';

export const shaOf = (n: number) => n.toString(16).padStart(40, 'c');

/** A change of a service that passed staging with run number `n`; gives its id. */
export async function aChange(pool: pg.Pool, n: number, service = 'shop'): Promise<number> {
  await ensureServices(pool, [service]);
  const at = new Date().toISOString();
  return saveStaging(pool, service, {
    runId: 100 + n,
    runNumber: n,
    attempt: 1,
    status: 'completed',
    conclusion: 'success',
    sha: shaOf(n),
    title: `Change ${n}`,
    author: 'octocat',
    actor: 'octocat',
    url: `https://github.test/runs/${100 + n}`,
    startedAt: at,
    updatedAt: at,
  });
}

/** A queued deployment of a change; gives its id. */
export function aDeployment(pool: pg.Pool, changeId: number, n: number, service = 'shop'): Promise<number> {
  const deployId = `pb-${service}-${n}-${Math.random().toString(36).slice(2)}`;
  const sha = shaOf(n);
  const nobody = { required: 0, basis: null, patience: null, override: null, confirmed: null, answered: null };
  const who = { by: 'U0ALICE', restores: null, pressedOn: null, ...nobody };
  return addDeployment(pool, service, { write: 'add deployment', deployId, changeId, sha, kind: 'deploy', ...who });
}
