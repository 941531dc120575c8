import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { installPeers } from '../../bench/peers/peers.js';

const folder = mkdtempSync(path.join(tmpdir(), 'pushbutton-peers-test-'));
const { TMPDIR, PATH } = process.env;
afterEach(() => {
  if (TMPDIR === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = TMPDIR;
  process.env.PATH = PATH;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** An npm that installs nothing and does as its script says; the folders are made in one of their own. */
function npmThat(name: string, script: string): string {
  const place = path.join(folder, name);
  mkdirSync(place);
  writeFileSync(path.join(place, 'npm'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  process.env.PATH = `${place}${path.delimiter}${PATH}`;
  process.env.TMPDIR = place;
  return place;
}

test('the peers are installed once, in fixed versions as of a day', async () => {
  npmThat('works', 'echo "$@" > asked');
  const lines: string[] = [];
  const log = (line: string) => void lines.push(line);
  const { program, about } = await installPeers(log);
  await installPeers(log);
  expect(lines).toEqual([expect.stringMatching(/^peers: installing .*\bprobot@14\.\d+\.\d+ in \//)]);
  expect(about).toMatch(/^Chat SDK [\d.]+ and Probot 14[\d.]+$/);

  for (const peer of ['chat-sdk-before', 'chat-sdk-after', 'probot'] as const)
    expect(existsSync(program(peer)[0] as string)).toBe(true);
  const root = path.dirname(program('probot')[0] as string);
  expect(readFileSync(path.join(root, 'asked'), 'utf8')).toMatch(/^install --before=\d{4}-\d\d-\d\d --ignore-scripts /);
  const { dependencies } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  for (const version of Object.values(dependencies)) expect(version).toMatch(/^\d+\.\d+\.\d+$/);
});

test('packages that cannot be installed are one line, and leave nothing', async () => {
  const place = npmThat('fails', 'echo "npm error code ENOTFOUND" >&2; exit 1');
  await expect(installPeers(() => {})).rejects.toThrow(/^--peers: npm install failed: npm error code ENOTFOUND$/);
  const kept = readdirSync(place).find((name) => name.startsWith('pushbutton-peers-')) as string;
  expect(readdirSync(path.join(place, kept))).toEqual([]);
});
