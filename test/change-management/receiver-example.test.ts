import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { deliveryBody, deliveryId } from '../../src/change-management/delivery.js';
import { send } from '../../src/change-management/send.js';
import { signedHeaders } from '../../src/change-management/sign.js';
import type { OutcomeNews } from '../../src/core/outcome-news.js';
import { blocks, codeIn, table, textOf } from '../support/documents.js';
import { freePort } from '../support/free-port.js';
import { until } from '../support/until.js';

/** The samples of docs/tickets.md, against what is sent. */

const page = textOf('docs/tickets.md');
const key = Buffer.alloc(32, 'k');
const news: OutcomeNews = {
  ...{ kind: 'live', seq: 7, hash: 'ab'.repeat(32), at: new Date(), actor: 'pushbutton', reason: null },
  ...{ service: 'shop', sha: 'c'.repeat(40), deployId: 'pb-1', deploys: 'deploy', requestedBy: 'U0ALICE' },
  ...{ isOverride: false, runUrl: 'https://github.com/x', liveBefore: null, tickets: ['SHOP-12', 'PAY-9'] },
};
const body = deliveryBody(news, 'acme/shop');

test('the receiver on the page takes what is signed, each once, and refuses what is not', async () => {
  // Within the repository, so that it finds the library.
  const folder = mkdtempSync(path.resolve('test/change-management/receiver-'));
  const file = path.join(folder, 'receiver.mjs');
  writeFileSync(file, blocks(page, 'js')[0] ?? '');
  const port = await freePort();
  const env = { PORT: String(port), CHANGE_TICKET_SECRET: `whsec_${key.toString('base64')}` };
  const receiver = spawn(process.execPath, [file], { env });
  let printed = '';
  receiver.stdout.on('data', (chunk) => {
    printed += chunk;
  });
  try {
    const deliver = (headers: Record<string, string>) => send(`http://127.0.0.1:${port}/`, headers, body);
    const signed = () => signedHeaders({ id: deliveryId(news), at: new Date(), body }, [key]);
    await until('it takes one', async () => (await deliver(signed())).is === 'accepted');
    expect(await deliver(signed())).toEqual({ is: 'accepted' });
    const forged = signedHeaders({ id: deliveryId(news), at: new Date(), body }, [Buffer.alloc(32, 'x')]);
    expect(await deliver(forged)).toEqual({ is: 'not accepted', why: 'answers 401' });
    await until('it says so', () => printed !== '');
    expect(printed).toBe(`deployment.live shop ${news.sha} SHOP-12 PAY-9\n`);
  } finally {
    receiver.kill();
    rmSync(folder, { recursive: true });
  }
});

test('the body on the page has the fields of a real one, and each is explained', () => {
  const [sample, real] = [JSON.parse(blocks(page, 'json')[0] ?? ''), JSON.parse(body)];
  expect(Object.keys(sample)).toEqual(Object.keys(real));
  expect(Object.keys(sample.data)).toEqual(Object.keys(real.data));
  expect(Object.keys(sample.data.ledger)).toEqual(Object.keys(real.data.ledger));
  const explained = table(page, '| field | what it contains |').flatMap(([field]) => codeIn(field));
  const plain = ['service', 'repository', 'break_glass'];
  expect(Object.keys(real.data).filter((field) => !explained.includes(field))).toEqual(plain);
});
