import { passChange } from './changes.js';
import type { Database } from './database.js';
import type { RequestKind } from './payloads.js';
import { atLeast, type Row } from './rows.js';
import type { Stage } from './stage.js';
import { SECRETS } from './team.js';
import { aheadRows, CONCURRENCIES, contestantsOf, takeTurns, turnRow } from './turns.js';

const WHAT = '@octokit/webhooks + INSERT';

/** A delivery about a known staging run, as the stand-in made it, each time with its own GUID. */
export async function deliveryOf(stage: Stage, database: Database): Promise<RequestKind> {
  await passChange(stage, database);
  const made = stage.github.deliveries.findLast((one) => one.event === 'workflow_run' && one.action === 'completed');
  if (!made) throw new Error('the stand-in has delivered no workflow_run');
  return {
    kind: 'webhook',
    path: '/github/webhooks',
    secret: SECRETS.webhookSecret,
    event: 'workflow_run',
    bodies: [made.body],
  };
}

/** Deliveries accepted: verified, parsed and committed before the answer, on all sides. */
export async function measureWebhook(stage: Stage): Promise<Row[]> {
  const { rounds, log } = stage;
  const database = await stage.database();
  const product = await stage.product(database);
  const baseline = await stage.baseline('octokit-insert', database);
  const peers = await stage.peers(['probot'], database);
  const requests = await deliveryOf(stage, database);

  const measured = await takeTurns(
    stage,
    database,
    requests,
    {
      product: { origin: product.url, leaves: 'work' },
      baseline: { origin: baseline.origin, leaves: 'row' },
      ...contestantsOf(peers),
    },
    (round) => log(`webhook: round ${round + 1} of ${rounds}`),
  );
  await Promise.all([product, baseline, ...peers].map((one) => one.stop()));

  return CONCURRENCIES.flatMap((concurrency) => {
    const what = `webhook accepted, ${concurrency} at once`;
    const own = measured('product', concurrency);
    const against = { what: WHAT, results: measured('baseline', concurrency) };
    return [
      turnRow(what, 'perSecond', own, against, { target: atLeast('ratio', 0.9) }),
      ...aheadRows(what, own, peers, (name) => measured(name, concurrency)),
    ];
  });
}
