import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type pg from 'pg';
import { hashOf } from '../../src/audit/chain.js';
import { ledgerHead } from '../../src/db/ledger.js';
import { createPool, transaction } from '../../src/db/pool.js';
import { saveOutcome } from '../../src/db/save-outcome.js';
import { blocks } from '../support/documents.js';
import { freshDatabase, type TestDatabase } from '../support/postgres.js';

let database: TestDatabase;
/** No config, as on an auditor's machine, unless a test writes one. */
let config = 'none.yml';
let pool: pg.Pool;
beforeEach(async () => {
  database = await freshDatabase();
  pool = createPool(database.url);
});
afterEach(async () => {
  await pool.end();
  await database.drop();
});

const append = (count: number, reason: string | null = null, service = 'shop') =>
  transaction(pool, async (tx) => {
    const line = { actor: 'U0ALICE', kind: 'requested', sha: 'a'.repeat(40), deploymentId: null, reason, detail: {} };
    await saveOutcome(tx, service, { records: Array(count).fill(line) });
  });

/** The compiled command, with nothing but the database in its environment. */
async function audit(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const program = path.resolve(process.env.PUSHBUTTON_TEST_BUILD ?? '', 'src/cli.js');
  const env = { PATH: process.env.PATH ?? '', DATABASE_URL: database.url, PUSHBUTTON_CONFIG: config };
  try {
    return { code: 0, ...(await promisify(execFile)(process.execPath, [program, 'audit', ...args], { env })) };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, stdout, stderr };
  }
}

/** With a config in this time zone. */
async function withConfig(timezone: string, work: () => Promise<void>): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'audit-'));
  config = path.join(folder, 'pushbutton.yml');
  const example = readFileSync('pushbutton.example.yml', 'utf8');
  writeFileSync(config, example.replace(/^timezone: .*$/m, `timezone: ${timezone}`));
  try {
    await work();
  } finally {
    rmSync(folder, { recursive: true });
    config = 'none.yml';
  }
}

/** As somebody with all rights would, behind the triggers' back. */
async function behind(statement: string): Promise<void> {
  await pool.query('alter table ledger disable trigger all');
  await pool.query(statement);
  for (const name of ['chain_ledger', 'ledger_is_append_only', 'ledger_is_never_truncated'])
    await pool.query(`alter table ledger enable always trigger ${name}`);
}

describe('verify', () => {
  test('a whole ledger is whole, and its newest hash is told', async () => {
    await append(7);
    const head = await ledgerHead(pool);
    const { code, stdout } = await audit('verify');
    expect([code, stdout]).toEqual([0, expect.stringContaining('7 lines, from 1 (')]);
    expect(stdout).toContain(`Newest hash: ${head?.hash} (line 7)`);
    await append(1);
    expect(await audit('verify', '--head', String(head?.hash))).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('that of line 7'),
    });
  });

  test.each([
    ['a line that was changed', "update ledger set reason = 'other' where seq = 3", 'line 3 was changed'],
    ['a line that was taken out', 'delete from ledger where seq = 3', 'line 3 is missing'],
    ['lines that were taken out', 'delete from ledger where seq in (3, 4)', 'lines 3 to 4 are missing'],
    [
      'a line that was written anew with a hash of its own',
      "update ledger set hash = encode(sha256(convert_to(ledger_text(ledger), 'UTF8')), 'hex'), reason = null where seq = 3",
      'line',
    ],
    [
      'a line whose link was changed together with its hash',
      `update ledger set previous_hash = repeat('1', 64) where seq = 3;
       update ledger set hash = encode(sha256(convert_to(ledger_text(ledger), 'UTF8')), 'hex') where seq = 3`,
      'line 3 does not follow line 2',
    ],
  ])('%s is named', async (_, statement, words) => {
    await append(6, 'why');
    await behind(statement);
    const { code, stdout } = await audit('verify');
    expect([code, stdout]).toEqual([1, expect.stringContaining(`BROKEN: ${words}`)]);
  });

  test('the database’s own function is not believed', async () => {
    await append(3);
    await behind("update ledger set reason = 'other' where seq = 2");
    await pool.query("create or replace function ledger_text(l ledger) returns text language sql as $$ select 'x' $$");
    expect((await audit('verify')).code).toBe(1);
  });

  test('lines that were cut off the end are noticed by a hash that was kept', async () => {
    await append(6);
    const head = await ledgerHead(pool);
    await behind('delete from ledger where seq > 4');
    expect((await audit('verify')).code).toBe(0);
    const { code, stdout } = await audit('verify', '--head', String(head?.hash));
    expect([code, stdout]).toEqual([1, expect.stringContaining('no line has the hash')]);
  });

  test('a trigger that is switched off is told', async () => {
    await append(1);
    await pool.query('alter table ledger disable trigger ledger_is_append_only');
    const { code, stdout } = await audit('verify');
    expect([code, stdout]).toEqual([1, expect.stringContaining('ledger_is_append_only is missing or switched off')]);
  });

  test.each([
    [
      'a guard whose function was emptied',
      'create or replace function refuse_ledger_change() returns trigger language plpgsql as $$ begin return new; end $$',
      'ledger_is_append_only was modified; ledger_is_never_truncated was modified',
    ],
    [
      'a guard that fires on less',
      `drop trigger ledger_is_append_only on ledger;
       create trigger ledger_is_append_only before update on ledger for each row execute function refuse_ledger_change();
       alter table ledger enable always trigger ledger_is_append_only`,
      'ledger_is_append_only was modified',
    ],
    [
      'a rule that takes lines aside',
      "create rule aside as on insert to ledger where new.actor = 'U0EVE' do instead nothing",
      'aside was added',
    ],
    [
      'a trigger that takes lines aside',
      `create function aside() returns trigger language plpgsql as $$ begin return null; end $$;
       create trigger aside before insert on ledger for each row execute function aside()`,
      'aside was added',
    ],
  ])('%s is told', async (_, statement, words) => {
    await append(2);
    await pool.query(statement);
    const { code, stdout } = await audit('verify');
    expect([code, stdout]).toEqual([1, expect.stringContaining(words)]);
  });

  test('the example in the document has the hash that stands there', () => {
    const [text = '', hash] = blocks(readFileSync('docs/audit.md', 'utf8'), 'text').map((block) => block.trim());
    const line = {
      ...{ seq: '1', at: '2026-11-26T09:00:00.000000Z', actor: 'U0ALICE', kind: 'requested', service: 'shop' },
      ...{
        sha: 'a'.repeat(40),
        deployment_id: '1',
        reason: null,
        detail: '{}',
        previous_hash: '0'.repeat(64),
        hash: '',
      },
    };
    expect(text.startsWith('1:127:2026')).toBe(true);
    expect(hashOf(line)).toBe(hash);
  });
});

describe('export', () => {
  const today = new Date().toISOString().slice(0, 10);

  test('as CSV has every line of the period with names, and nothing that a spreadsheet would run', async () => {
    await pool.query("insert into people (slack_user_id, name) values ('U0ALICE', 'Alice, \"A\"')");
    await append(2, '=cmd|calc');
    await append(1, 'of another', 'site');
    const { code, stdout, stderr } = await audit('export', '--from', today, '--to', today, '--format', 'csv');
    expect(code).toBe(0);
    const lines = stdout.split('\r\n');
    expect(lines[0]).toMatch(/^seq,at,actor,actor_name,kind,service,sha,/);
    expect(lines).toHaveLength(5);
    expect(lines[1]).toContain(`U0ALICE,"Alice, ""A""",requested,shop,${'a'.repeat(40)}`);
    expect(lines[1]).toContain(",'=cmd|calc,");
    expect(stderr).toContain(
      `3 lines, days in UTC; the ledger's newest line is 3 with the hash ${(await ledgerHead(pool))?.hash}`,
    );
  });

  test('as JSON is one array; a service and a period can be chosen', async () => {
    await append(2);
    await append(1, null, 'site');
    const of = async (...args: string[]) => JSON.parse((await audit('export', '--format', 'json', ...args)).stdout);
    expect(await of('--from', today, '--to', today, '--service', 'site')).toMatchObject([
      { seq: '3', detail: {}, detail_text: '{}' },
    ]);
    expect(await of('--from', '2020-01-01', '--to', '2020-12-31')).toEqual([]);
    expect(await of('--from', `${today}T00:00Z`, '--to', `${today}T23:59:59Z`)).toHaveLength(3);
    // The later text is the earlier moment.
    expect(await of('--from', '2020-01-01T10:00+02:00', '--to', '2020-01-01T09:00Z')).toEqual([]);
  });

  test.each([
    // CET is an abbreviation for PostgreSQL, an hour off in summer, and so is WET.
    ['CET', '2026-07-10', '2026-07-09T22:00:00Z', '2026-07-10T21:59:59.999999Z'],
    ['WET', '2026-07-10', '2026-07-09T23:00:00Z', '2026-07-10T22:59:59.999999Z'],
    ['America/New_York', '2026-11-01', '2026-11-01T04:00:00Z', '2026-11-02T04:59:59.999999Z'],
    // Its midnight comes twice, and that of Cairo not at all.
    ['Atlantic/Azores', '2026-10-25', '2026-10-25T00:00:00Z', '2026-10-26T00:59:59.999999Z'],
    ['Africa/Cairo', '2026-04-24', '2026-04-23T22:00:00Z', '2026-04-24T20:59:59.999999Z'],
  ])('a day in %s, %s, is from %s to %s, as it is for freezes', async (timezone, day, first, last) => {
    await withConfig(timezone, async () => {
      await append(4);
      await behind(`update ledger set at = case seq when 1 then '${first}'::timestamptz - interval '1 us'
        when 2 then '${first}' when 3 then '${last}' when 4 then '${last}'::timestamptz + interval '1 us' end`);
      const { stdout, stderr } = await audit('export', '--from', day, '--to', day, '--format', 'json');
      expect((JSON.parse(stdout) as { seq: string }[]).map(({ seq }) => seq)).toEqual(['2', '3']);
      expect(stderr).toContain(`2 lines, days in ${timezone};`);
    });
  });

  test('a period may be all of time', async () => {
    await append(1);
    const { stdout } = await audit('export', '--from', '0001-01-01', '--to', '9999-12-31', '--format', 'json');
    expect(JSON.parse(stdout)).toHaveLength(1);
  });

  test.each([
    [['--from', '2026-02-31', '--to', today, '--format', 'csv'], '--from: "2026-02-31" is not a day or time'],
    [
      ['--from', '2026-02-31T08:00Z', '--to', today, '--format', 'csv'],
      '--from: "2026-02-31T08:00Z" is not a day or time',
    ],
    [['--from', today, '--to', '2020-01-01', '--format', 'csv'], 'after --to'],
    [['--from', '2020-01-01T09:00Z', '--to', '2020-01-01T10:00+02:00', '--format', 'csv'], 'after --to'],
    [['--from', today, '--to', today, '--format', 'csv', '--service', 'shpo'], 'has no lines of "shpo"'],
    [['--from', today, '--to', today, '--format', 'xml'], '--format: "xml"; expected csv or json'],
  ])('%j is refused in one line', async (args, words) => {
    const { code, stdout, stderr } = await audit('export', ...args);
    expect([code, stdout, stderr.trim().split('\n')]).toEqual([1, '', [expect.stringContaining(words)]]);
  });
});

test('who reads an export may stop reading', async () => {
  await append(3_000, 'x'.repeat(200));
  const program = path.resolve(process.env.PUSHBUTTON_TEST_BUILD ?? '', 'src/cli.js');
  const env = { PATH: process.env.PATH ?? '', DATABASE_URL: database.url };
  const day = new Date().toISOString().slice(0, 10);
  const line = `"$0" "$1" audit export --from ${day} --to ${day} --format csv | head -n 2`;
  const { stdout, stderr } = await promisify(execFile)('sh', ['-c', line, process.execPath, program], { env });
  expect(stdout.split('\r\n')).toHaveLength(3);
  expect(stderr).toBe('');
});

test('a hash that is none, and a database that is none of ours, are told in one line', async () => {
  expect(await audit('verify', '--head', 'abc')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('64 hex digits'),
  });
  await pool.query('drop table ledger cascade');
  expect(await audit('verify')).toMatchObject({ code: 1, stderr: expect.stringContaining('npm run migrate') });
});
