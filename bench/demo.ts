import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { programOf, startNode } from './children.js';
import { type Row, rowOf } from './rows.js';
import type { Stage } from './stage.js';
import { until } from './until.js';

const DEPLOYER = 'U0ALICE';

/** A newcomer's first start of the demo, in a new folder: until the page is there, and until Deploy can be pressed. */
export async function measureDemo(stage: Stage): Promise<Row[]> {
  const { rounds, log, folder } = stage;
  const page: number[] = [];
  const card: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const data = path.join(folder, `demo-${round}`);
    await mkdir(data);
    const began = performance.now();
    const demo = await startNode([programOf('sandbox/demo'), '--port', '0'], { PUSHBUTTON_DATA: data }, ({ text }) =>
      ADDRESS.test(String(text)),
    );
    try {
      const address = ADDRESS.exec(String(demo.ready.text))?.[1] as string;
      await until('the demo shows its page', async () => (await fetch(address)).ok);
      page.push(performance.now() - began);
      await push(address);
      await until('there is a card with Deploy', async () => showsDeploy(await read(address)));
      card.push(performance.now() - began);
    } finally {
      await demo.stop();
    }
    log(`demo: round ${round + 1} of ${rounds}`);
  }
  return [
    rowOf({ measurement: 'npm run demo, first start: its page', unit: 'ms', product: page }),
    rowOf({ measurement: 'npm run demo, first start: a card with Deploy', unit: 'ms', product: card }),
  ];
}

const ADDRESS = /^Pushbutton demo: (http\S+)$/;

async function push(address: string): Promise<void> {
  const body = JSON.stringify({ service: 'shop', outcome: 'passes' });
  const headers = { 'content-type': 'application/json' };
  const { ok, status } = await fetch(`${address}/api/push`, { method: 'POST', headers, body });
  if (!ok) throw new Error(`the demo answered a push with ${status}`);
}

const read = async (address: string): Promise<unknown> => (await fetch(`${address}/api/state?user=${DEPLOYER}`)).json();

/** The state is the page's own; only a drawn button of this name matters here. */
const showsDeploy = (state: unknown): boolean => JSON.stringify(state).includes('"action_id":"deploy"');
