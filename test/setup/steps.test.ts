import { generateKeyPairSync } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import { loadConfig } from '../../src/config/config.js';
import { blocks, codeIn, commandsIn, documents, languagesIn, section, table, textOf } from '../support/documents.js';
import { freePort } from '../support/free-port.js';
import { installImage, removeImage } from '../support/image.js';
import { environmentOf, runCommand, startCommand } from '../support/process.js';
import { land, press, stands } from '../support/releases.js';
import { ALICE, DAVE, SECRETS, SHOP, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

/** Somebody who begins with the README follows the ten steps, and types what docs/setup.md says. */
const readme = textOf('README.md');
const setup = textOf('docs/setup.md');
const chapters = [...setup.matchAll(/^## (\d+)\. (.+)$/gm)].map(([, number, title]) => ({ number, title }));
const step = (number: number) => section(setup, `${number}. ${chapters[number - 1]?.title}`);
const notRun = table(setup, '| command | why |').map(([command]) => codeIn(command)[0] ?? '');

const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
let team: Team;
let folder: string;
const typed = new Set<string>();
const inFolder = (name: string) => fs.readFile(path.join(folder, name), 'utf8');

beforeAll(async () => {
  team = await startTeam({
    pauses: 'real',
    replicas: 0,
    githubApp: { id: '123456', slug: 'acme-pushbutton', publicKey },
  });
  team.slack.addUser({ id: 'U0OCTOCAT', name: 'octocat' });
  team.slack.addUser({ id: 'U0LEAD', name: 'lead' });
  team.slack.addGroup({ id: 'S0LEADS', handle: 'leads', name: 'Leads', users: [DAVE] });
  team.github.setWebhookUrl('https://pushbutton.acme.example/github/webhooks');
  folder = await installImage();
  await fs.cp('examples', path.join(folder, 'examples'), { recursive: true });
});
afterAll(async () => {
  await team.stop();
  await removeImage(folder);
});

/** Types the commands of a chapter, but for those of the last table, and gives what they printed. */
async function type(chapter: string, env: Record<string, string> = {}): Promise<string> {
  const lines = commandsIn(chapter).filter((line) => !notRun.includes(line));
  for (const line of lines) typed.add(line);
  const shell = { PATH: process.env.PATH ?? '', NODE_OPTIONS: '--preserve-symlinks', ...env };
  const { code, printed } = await runCommand(['sh', '-e', '-c', lines.join('\n')], { cwd: folder, env: shell });
  if (code !== 0) throw new Error(`${lines.join('; ')} ended with ${code}: ${printed}`);
  return printed.trim();
}

test('the README has ten steps, and docs/setup.md the same', () => {
  const section_ = section(readme, 'Run it for real');
  const steps = [...section_.matchAll(/^(\d+)\. \*\*(.+?)\.\*\*/gm)].map(([, number, title]) => ({ number, title }));
  expect(steps.map(({ number }) => number)).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', '9', '10']);
  expect(chapters).toEqual(steps);
});

test('steps 3 and "Behind a firewall": the manifest with an address, or with the socket', async () => {
  await type(step(3));
  const { features, settings } = parse(await inFolder('slack-app.yml'));
  const urls = [features.slash_commands[0].url, settings.event_subscriptions.request_url];
  expect([...urls, settings.interactivity.request_url]).toEqual(Array(3).fill('https://YOUR-ADDRESS/slack/events'));
  expect(await inFolder('slack-app.yml')).not.toContain('pushbutton.example.com/');
  await type(section(setup, 'Behind a firewall'));
  expect(parse(await inFolder('slack-app.yml')).settings.socket_mode_enabled).toBe(true);
});

test('steps 5 to 7: a secret, the key on one line, the workflows', async () => {
  expect(await type(step(5))).toMatch(/^[0-9a-f]{64}$/);
  await fs.writeFile(path.join(folder, 'pushbutton.private-key.pem'), privateKey);
  const line = await type(step(6));
  const env = { ...environmentOf(team), GITHUB_TOKEN: '', GITHUB_APP_ID: '123456', GITHUB_PRIVATE_KEY: line };
  const [smallest = ''] = blocks(readme, 'yaml');
  expect(loadConfig(env, () => smallest).github.auth).toMatchObject({ kind: 'app', appId: '123456' });
  await type(step(7));
  const workflows = await fs.readdir(path.join(folder, '../shop/.github/workflows'));
  expect(workflows.sort()).toEqual(['production.yml', 'staging.yml']);
  for (const name of workflows)
    team.github.setFile('acme/shop', 'main', name, await inFolder(`../shop/.github/workflows/${name}`));
});

test('steps 8 to 10: the example config and the environment; the doctor finds nothing; the first change goes live', async () => {
  await type(step(8));
  // Their names are those of the example; their production.yml has no inputs of its own.
  const config = parse(await inFolder('pushbutton.yml'));
  delete config.services[0].production.inputs;
  // On some days the example's freezes would shut this test out.
  delete config.services[0].freezes;
  await fs.writeFile(path.join(folder, 'pushbutton.yml'), stringify(config));
  const port = await freePort();
  const real: Record<string, string> = {
    ...environmentOf(team),
    GITHUB_PRIVATE_KEY: Buffer.from(privateKey).toString('base64'),
    GITHUB_APP_ID: '123456',
  };
  const [sample = ''] = blocks(step(9), 'ini');
  const names = [...sample.matchAll(/^([A-Z_]+)=.+$/gm)].map((match) => match[1] ?? '');
  expect(`${names.map((name) => sample.match(new RegExp(`^${name}=.*$`, 'm'))?.[0]).join('\n')}\n`).toBe(sample);
  const lines = [...names, 'SLACK_API_URL', 'GITHUB_API_URL'].map((name) => `${name}=${real[name]}`);
  await fs.writeFile(path.join(folder, '.env'), `${lines.join('\n')}\nPORT=${port}\n`);
  const [load = '', doctor = ''] = commandsIn(step(9));
  const env = { PATH: process.env.PATH ?? '', NODE_OPTIONS: '--preserve-symlinks' };
  // Nobody has invited the bot yet.
  team.slack.remove(SHOP);
  const shown = (blocks(step(9), 'text')[0] ?? '').trim().split('\n');
  expect(shown.length).toBeGreaterThan(8);
  // What does not answer the doctor within five seconds is wrong, on a busy machine too: it may be asked again.
  await until(
    'the doctor says what is shown',
    async () => {
      const { code, printed } = await runCommand(['sh', '-c', `${load}\n${doctor}`], { cwd: folder, env });
      const unsaid = shown.filter((one) => !['', '…', ...printed.split('\n')].includes(one));
      if (code !== 1 || unsaid.length > 0) throw new Error(`not said: ${unsaid.join('; ')}; it says ${printed}`);
      return true;
    },
    40_000,
  );
  team.slack.invite(SHOP);
  expect(await until('nothing is wrong', () => type(step(9)), 40_000)).toContain('Nothing is wrong');

  const [start = '', health = ''] = commandsIn(step(10));
  const running = await startCommand(team, ['sh', '-c', `${load}\n${start}`], { cwd: folder, env });
  expect(running.port).toBe(port);
  const ready = await runCommand(['sh', '-c', health.replace(':3000/', `:${port}/`)], { cwd: folder, env });
  expect(ready).toMatchObject({ code: 0, printed: expect.stringMatching(/"problems":\{\},"warnings":\[\]/) });
  for (const line of [start, health]) typed.add(line);

  const sha = await land(team);
  await press(team, ALICE, sha, 'Deploy');
  await press(team, DAVE, sha, 'Approve');
  const run = Number((await stands(team, sha, 'deploying')).run_id);
  await team.github.completeRun(run, { conclusion: 'success' });
  await team.card(sha, 'live', 'Approved by dave');
  await running.terminate();
}, 120_000);

test('"Upgrading": the migrations alone, where there are none left', async () => {
  const lines = commandsIn(section(textOf('docs/operations.md'), 'Upgrading'));
  expect(lines).toEqual(['npm ci', 'npm run migrate', 'npm start']);
  typed.add('npm run migrate');
  const env = { ...environmentOf(team), NODE_OPTIONS: '--preserve-symlinks' };
  const { code, printed } = await runCommand(['npm', 'run', 'migrate'], { cwd: folder, env });
  expect({ code, printed }).toMatchObject({ code: 0, printed: expect.not.stringContaining('"level":"fatal"') });
});

test('docs/audit.md: the ledger is verified and exported', async () => {
  const lines = commandsIn(textOf('docs/audit.md'));
  expect(lines).toHaveLength(2);
  const env = { ...environmentOf(team), NODE_OPTIONS: '--preserve-symlinks' };
  for (const line of lines) {
    const { code, printed } = await runCommand(['sh', '-c', line], { cwd: folder, env });
    expect({ code, printed }).toMatchObject({ code: 0 });
    typed.add(line);
  }
  expect(await inFolder('ledger.csv')).toMatch(/^seq,at,actor,/);
});

describe('what is run and what is not', () => {
  const forUsers = documents.filter(({ name }) => name === 'README.md' || name.startsWith('docs/'));

  test('every command was typed above, or is in the table of those that are not, never both', () => {
    const commands = forUsers.flatMap(({ text }) => commandsIn(text));
    expect(commands.filter((one) => !typed.has(one) && !notRun.includes(one))).toEqual([]);
    expect(notRun.filter((one) => typed.has(one) || !commands.includes(one))).toEqual([]);
  });

  test('samples are of languages that some test reads', () => {
    const read = ['mermaid', 'sh', 'yaml', 'ini', 'sql', 'text', 'js', 'json', 'nginx', 'haproxy', 'apache'];
    for (const { name, text } of forUsers)
      expect({ name, unread: languagesIn(text).filter((one) => !read.includes(one)) }).toEqual({ name, unread: [] });
  });

  test('the names of the sample environment are in the table of docs/configuration.md', () => {
    const known = table(textOf('docs/configuration.md'), '| variable | meaning |').flatMap(([variable]) =>
      codeIn(variable),
    );
    const [sample = ''] = blocks(step(9), 'ini');
    const names = sample.split('\n').flatMap((line) => line.split('=')[0] || []);
    expect(names.length).toBeGreaterThan(4);
    expect(names.filter((name) => !known.includes(name))).toEqual([]);
  });
});

test('no secret of the stand-ins is in a document', () => {
  for (const { text } of documents) for (const secret of Object.values(SECRETS)) expect(text).not.toContain(secret);
});
