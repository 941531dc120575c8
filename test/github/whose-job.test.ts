import { createHmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { Incoming } from '../../src/db/inbox.js';
import { acceptDelivery, type Watched, type WhoseRun } from '../../src/github/webhooks.js';

const of = (name: string): Watched => ({
  name,
  repository: 'acme/mono',
  branch: 'main',
  staging: `${name}-staging.yml`,
  production: `${name}-production.yml`,
  stages: [],
});

/** Delivers one job of run 7; gives the answer, and whose job was saved. */
async function deliver(whoseRun: WhoseRun) {
  const body = JSON.stringify({ repository: { id: 1, full_name: 'acme/mono' }, workflow_job: { run_id: 7 } });
  const headers = {
    'x-hub-signature-256': `sha256=${createHmac('sha256', 'secret').update(body).digest('hex')}`,
    'x-github-event': 'workflow_job',
    'x-github-delivery': 'guid',
  };
  const request = Object.assign(Readable.from([Buffer.from(body)]), { headers }) as unknown as IncomingMessage;
  const saved: string[] = [];
  const receive = async ({ command }: Incoming) => void saved.push('service' in command ? command.service : '');
  const aside = { whoseRun, whoseMs: 50, heard: () => {}, lost: () => {} };
  const { status } = await acceptDelivery(request, 'secret', [of('web'), of('api')], receive, aside);
  return { status, saved };
}

test('a job is taken in for the service that started its run, and for no other', async () => {
  expect(await deliver(async (run) => (run === 7 ? ['api', 'of another repository'] : []))).toEqual({
    status: 202,
    saved: ['api'],
  });
});

test('a job of a run that nobody started here is answered and let go', async () => {
  expect(await deliver(async () => [])).toEqual({ status: 202, saved: [] });
});

test('where the database cannot say whose a run is, or not in time, its job is taken in', async () => {
  const both = { status: 202, saved: ['web', 'api'] };
  expect(await deliver(() => Promise.reject(new Error('no database')))).toEqual(both);
  expect(await deliver(() => new Promise(() => {}))).toEqual(both);
});
