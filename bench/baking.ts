import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StagePlan } from '../src/core/stages/stage.js';
import type { Database } from './database.js';
import { companyOf } from './many.js';
import { atMost, type Row, rowOf } from './rows.js';
import type { Stage } from './stage.js';
import { DEPLOYER } from './team.js';
import { until } from './until.js';

const COUNTED_MS = 60_000;
const EVERY_S = 30;

/** What it costs to ask the checks of many stages: two hundred services whose canary bakes, each with an address every 30 s. */
export async function measureBaking(stage: Stage): Promise<Row[]> {
  const { quick, log, builds } = stage;
  const [build] = builds;
  if (!build) return [];
  const many = quick ? 10 : 200;
  let asked = 0;
  const site = createServer((_, response) => {
    asked += 1;
    response.end('ok');
  }).listen(0, '127.0.0.1');
  await once(site, 'listening');
  const get = `http://127.0.0.1:${(site.address() as AddressInfo).port}/healthz`;
  const { services, settings } = await companyOf(stage, many);
  const config = path.join(stage.folder, 'pushbutton-baking.yml');
  await writeFile(config, withStages(await readFile(settings.PUSHBUTTON_CONFIG ?? '', 'utf8'), get));
  const spent: number[] = [];
  try {
    for (const isBaking of [false, true]) {
      const database = await stage.database(build);
      const product = await stage.product(database, { PUSHBUTTON_CONFIG: config }, build);
      try {
        if (isBaking) {
          await bake(database, services, get);
          await until('each is asked', async () => asked >= many, quick ? 60_000 : 120_000);
        } else await sleep(quick ? 200 : COUNTED_MS / 2);
        const before = { ms: await product.processorMs(), at: performance.now(), asked };
        await sleep(quick ? 1_500 : COUNTED_MS);
        const seconds = (performance.now() - before.at) / 1_000;
        spent.push(((await product.processorMs()) - before.ms) / seconds);
        log(`baking: ${isBaking ? many : 0} stages: ${(asked - before.asked) / seconds} checks a second`);
      } finally {
        await product.stop();
      }
    }
  } finally {
    site.close();
  }
  const [atRest = 0, baking = 0] = spent;
  return [
    rowOf({
      measurement: `${many} stages bake, a check each every ${EVERY_S} s: processor time a second beside that at rest`,
      unit: 'ms',
      // Linux counts in hundredths of a second.
      product: [Math.max(baking - atRest, 0.1)],
      target: atMost('value', 50),
    }),
  ];
}

const withStages = (config: string, get: string): string =>
  `checks: { private: true }\n${config.replaceAll(
    '    production: { workflow: production.yml, inputs: { region: eu } }\n',
    `    production:
      workflow: production.yml
      inputs: { region: eu }
      stages:
        - { name: canary, bake: 1h, check: [{ get: "${get}", every: ${EVERY_S}s }] }
        - { name: world }
`,
  )}`;

/** A deployment of each service that bakes in its canary since just now. */
async function bake({ pool }: Database, services: readonly string[], get: string): Promise<void> {
  const canary: StagePlan = {
    ...{ name: 'canary', workflow: null, inputs: {}, bakeMs: 3_600_000, next: 'itself' },
    checks: { http: [{ get, everyMs: EVERY_S * 1_000, expect: 200, fails: 3 }], workflow: null },
  };
  await pool.query(
    `with made as (
       insert into changes (service, sha, run_number, staging_status, staging_run_id, staging_attempt, staging_conclusion,
         staging_url, staging_started_at, title, author, passed_at)
       select name, encode(sha256(name::bytea), 'hex')::char(40), 1, 'passed', 1, 1, 'success', 'https://github.com', now(),
         'Add prices', 'octocat', now() from unnest($1::text[]) as name returning id, service, sha),
     deployed as (
       insert into deployments (deploy_id, service, change_id, sha, kind, status, requested_by, sent_at, run_id, run_url,
         run_attempt, run_started_at, stage)
       select 'pb-' || service, service, id, sha, 'deploy', 'baking', $2, now(), id, 'https://github.com', 1, now(), 'canary'
       from made returning id, service, deploy_id, run_id)
     insert into stages (deployment_id, place, service, name, plan, status, deploy_id, run_id, run_url, run_attempt,
       run_started_at, started_at, ran_at, bake_until, checks)
     select id, 1, service, 'canary', $3::jsonb, 'baking', deploy_id, run_id, 'https://github.com', 1, now(), now(), now(),
       now() + interval '1 hour', jsonb_build_array(jsonb_build_object('failuresInARow', 0, 'lastAt', null, 'lastWords', null,
         'nextAt', clock_timestamp() + random() * interval '1 s'))
     from deployed`,
    [services, DEPLOYER, JSON.stringify(canary)],
  );
}
