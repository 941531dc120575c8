import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startForwardProxy } from '../support/forward-proxy.js';
import { APP_TOKEN, CONFIG, type Installation, install } from '../support/installation.js';
import { runDoctor } from '../support/run-doctor.js';
import { CERTIFICATE } from '../support/tls-postgres.js';

const CA = readFileSync(CERTIFICATE, 'utf8');

let shop: Installation;
let proxy: Awaited<ReturnType<typeof startForwardProxy>>;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'pushbutton-network-'));
  proxy = await startForwardProxy({ password: 'open-sesame-1234' });
  shop = await install({ slack: { socketMode: true } });
});
afterAll(async () => {
  await shop.stop();
  await proxy.stop();
  rmSync(folder, { recursive: true });
});

/** What the doctor says of each check, and its exit code, with these variables. */
async function examined(more: NodeJS.ProcessEnv) {
  const { code, stdout, stderr } = await runDoctor({ ...shop.env, ...more }, CONFIG, '--json');
  const { checks } = JSON.parse(stdout) as { checks: { id: string; status: string; detail: string; mend: string }[] };
  const says = (id: string) =>
    checks.filter((one) => one.id === id).map(({ status, detail }) => `${status}: ${detail}`);
  return { code, says, printed: stdout + stderr, mends: checks.flatMap(({ mend }) => mend ?? []) };
}

describe('behind a forward proxy', () => {
  const behind = () => ({
    SLACK_APP_TOKEN: APP_TOKEN,
    SLACK_API_URL: shop.slack.apiUrl.replace('127.0.0.1', 'slack.test'),
    HTTP_PROXY: `http://bot:open-sesame-1234@${proxy.at}`,
    NO_PROXY: '127.0.0.1',
  });

  test('the doctor goes through it, and says which way each goes', async () => {
    const { code, says, printed } = await examined(behind());
    expect(says('settings.proxy')).toEqual([
      `ok: Slack through http://${proxy.at}, GitHub directly, the database directly`,
    ]);
    const socket = `127.0.0.1:${new URL(shop.slack.apiUrl).port}`;
    expect(says('slack.socket')).toEqual([`ok: Slack opens a socket for SLACK_APP_TOKEN, at ${socket} directly`]);
    expect(says('slack.token')[0]).toMatch(/^ok: /);
    expect([code, printed.includes('sesame')]).toEqual([0, false]);
  });

  test('a proxy that wants another password is named as the cause', async () => {
    const { code, says } = await examined({ ...behind(), HTTP_PROXY: `http://bot:wrong@${proxy.at}` });
    expect(says('slack.token')).toEqual(['wrong: Slack does not answer: the forward proxy answers 407']);
    expect(code).toBe(1);
  });

  test('nothing is said of proxies when none is set', async () => {
    const { says } = await examined({ SLACK_APP_TOKEN: APP_TOKEN });
    expect(says('settings.proxy')).toEqual([]);
    expect(says('slack.socket')).toEqual(['ok: Slack opens a socket for SLACK_APP_TOKEN']);
  });
});

describe('NODE_EXTRA_CA_CERTS', () => {
  const file = (name: string, text: string): string => {
    writeFileSync(path.join(folder, name), text);
    return path.join(folder, name);
  };
  const told = async (named: string) => {
    const { code, says, mends } = await examined({ NODE_EXTRA_CA_CERTS: named });
    return { code, says: says('settings.authorities'), mend: mends.length };
  };

  test('a file that is not there, or has no certificate, is wrong', async () => {
    const absent = path.join(folder, 'absent.pem');
    expect(await told(absent)).toEqual({
      ...{ code: 1, mend: 1 },
      says: [`wrong: NODE_EXTRA_CA_CERTS: ${absent} cannot be read: ENOENT`],
    });
    const empty = file('empty.pem', 'not a certificate\n');
    expect((await told(empty)).says).toEqual([`wrong: NODE_EXTRA_CA_CERTS: ${empty} has no certificate in PEM form`]);
    const cut = file('cut.pem', `${CA}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n`);
    expect((await told(cut)).says).toEqual([`wrong: NODE_EXTRA_CA_CERTS: certificate 2 of 2 in ${cut} is not one`]);
  });

  test('a good one is counted', async () => {
    const good = file('good.pem', CA);
    expect(await told(good)).toEqual({ code: 0, mend: 0, says: [`ok: 1 of ${good}, beside those that Node knows`] });
  });
});
