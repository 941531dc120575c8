import { createHmac } from 'node:crypto';
import { type ClientRequest, request } from 'node:http';
import { polledOnce, retold, withheld } from '../support/deliveries.js';
import { timed } from '../support/own-time.js';
import { card, counts, land, quiet } from '../support/releases.js';
import { SECRETS, SHOP, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

let team: Team;
beforeEach(async () => {
  team = await startTeam();
  await polledOnce(team);
});
afterEach(() => team.stop());

const AUTHOR = { login: 'octocat', name: 'Octo Cat', email: 'octo@acme.test' };
const pushed = () => withheld(team, () => team.github.land('acme/shop', { title: 'Add prices', author: AUTHOR }));
const inboxOf = (guid: string) => team.rows('select key from inbox where key like $1', [`github:${guid}:%`]);

/** Locks the inbox as a long transaction would; gives what lets it go. */
async function holdInbox(): Promise<() => Promise<void>> {
  const other = await team.pool.connect();
  await other.query('begin; lock table inbox in share row exclusive mode');
  return async () => {
    await other.query('commit');
    other.release();
  };
}

test('a delivery is answered 202 only once its row is in the inbox', async () => {
  const [told] = await pushed();
  const guid = told?.guid ?? '';
  const letGo = await holdInbox();
  const answered = team.github.redeliver(guid);
  await until('its statement waits for the lock', async () => {
    const found = await team.rows(
      `select 1 from pg_stat_activity where datname = current_database() and query like 'insert into inbox%' and wait_event_type = 'Lock'`,
    );
    return found.length === 1;
  });
  expect(team.github.deliveries.at(-1)?.status).toBeNull();
  await letGo();
  expect((await answered).status).toBe(202);
  expect(await inboxOf(guid)).toHaveLength(1);
});

test('a delivery that is not signed with the secret is answered 401 and leaves no trace', async () => {
  const [told] = await pushed();
  const body = told?.body ?? '';
  for (const signature of ['bad', 'missing'] as const) {
    expect((await team.github.deliver('workflow_run', body, { signature })).status).toBe(401);
  }
  const other = createHmac('sha256', 'another secret').update(body).digest('hex');
  for (const made of ['', 'sha256=', `sha256=${other}`, `sha1=${other}`, other, `sha256=${'z'.repeat(64)}`]) {
    const headers = { 'x-hub-signature-256': made };
    expect((await team.github.deliver('workflow_run', body, { headers })).status).toBe(401);
  }
  expect(await counts(team, 'inbox')).toEqual([0]);
});

test('a signed delivery that is not JSON is answered 400', async () => {
  for (const body of ['', 'payload=%7B%7D', '{"action":', '<xml/>']) {
    expect((await team.github.deliver('workflow_run', body)).status).toBe(400);
  }
  expect(await counts(team, 'inbox')).toEqual([0]);
});

const MEGABYTE = 1024 * 1024;

/** Sends until it is answered; gives the status. The sender need not be heard to its end. */
function answerTo(
  headers: Record<string, string | number>,
  send: (outgoing: ClientRequest) => void,
): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const url = `http://127.0.0.1:${team.running[0]?.port}/github/webhooks`;
    const outgoing = request(url, { method: 'POST', headers: { 'x-github-event': 'push', ...headers }, agent: false });
    outgoing.on('response', (response) => {
      resolve(response.statusCode);
      response.resume();
      outgoing.destroy();
    });
    outgoing.on('error', reject);
    send(outgoing);
  });
}

test('a delivery over 25 MB is answered 413, with or without a content length', async () => {
  const said = await answerTo({ 'content-length': 26 * MEGABYTE }, (outgoing) => outgoing.flushHeaders());
  expect(said).toBe(413);
  const unsaid = await answerTo(
    { 'transfer-encoding': 'chunked', 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` },
    (outgoing) => {
      let left = 26;
      const chunk = Buffer.alloc(MEGABYTE, 32);
      const more = () => {
        left -= 1;
        if (left > 0) outgoing.write(chunk, more);
      };
      more();
      outgoing.write(Buffer.alloc(1.5 * MEGABYTE, 32));
    },
  );
  expect(unsaid).toBe(413);
  const largest = Buffer.alloc(25 * MEGABYTE, 32);
  largest.write('{}');
  const signature = `sha256=${createHmac('sha256', SECRETS.webhookSecret).update(largest).digest('hex')}`;
  expect(await answerTo({ 'x-hub-signature-256': signature }, (outgoing) => outgoing.end(largest))).toBe(202);
});

test('unused events are answered 202 and not stored', async () => {
  const { github } = team;
  expect((await github.deliver('ping', { zen: 'Keep it logically awesome.' })).status).toBe(202);
  expect((await github.deliver('push', { ref: 'refs/heads/main' })).status).toBe(202);
  expect((await github.deliver('an_event_of_next_year', {})).status).toBe(202);
  for (const payload of [
    {},
    [],
    null,
    'text',
    7,
    { workflow_run: null },
    { workflow_run: { id: 'x' }, repository: {} },
  ]) {
    const answer = await github.deliver('workflow_run', JSON.stringify(payload));
    expect([payload, answer.status]).toEqual([payload, 202]);
  }
  expect(await counts(team, 'inbox', 'ledger')).toEqual([0, 0]);
});

test('a delivery sent twice at once and again later makes one row, one card and one ledger line', async () => {
  const told = (await pushed()).at(-1);
  const guid = told?.guid ?? '';
  const both = await Promise.all([team.github.redeliver(guid), team.github.redeliver(guid)]);
  expect(both.map((one) => one.status)).toEqual([202, 202]);
  await until('its card', () => team.cards().length === 1);
  expect((await team.github.redeliver(guid)).status).toBe(202);
  await quiet(team);
  expect(await inboxOf(guid)).toHaveLength(1);
  expect(team.slack.messages(SHOP)).toHaveLength(1);
  expect(await team.rows('select kind from ledger')).toEqual([{ kind: 'staging passed' }]);
});

test('a delivery that cannot be saved is answered 503 in time, and is taken in full when it is resent', async () => {
  await team.stop();
  team = await startTeam({ deadlines: 'real' });
  await polledOnce(team);
  const told = (await pushed()).at(-1);
  const guid = told?.guid ?? '';
  const letGo = await holdInbox();
  const { result: locked, tookMs } = await timed(() => team.github.redeliver(guid));
  expect(locked.status).toBe(503);
  expect(tookMs).toBeLessThan(3_000);
  expect(locked.answer).toContain('nothing was recorded');
  await letGo();
  expect(await inboxOf(guid)).toHaveLength(0);

  await team.rows('alter table inbox rename to inbox_away');
  expect((await team.github.redeliver(guid)).status).toBe(503);
  await team.rows('alter table inbox_away rename to inbox');
  expect(await inboxOf(guid)).toHaveLength(0);
  expect(await counts(team, 'inbox', 'ledger')).toEqual([0, 0]);

  expect((await team.github.redeliver(guid)).status).toBe(202);
  expect(await inboxOf(guid)).toHaveLength(1);
  await until('its card', () => team.cards()[0]?.words.includes('passed staging'));
});

test('a run of a fork, a tag, or another branch, file, repository or event makes no change and no card', async () => {
  const { github } = team;
  const jobs = ['build'];
  const lint = { file: 'lint.yml', name: 'Lint', on: ['push'], jobs };
  github.addRepository({ fullName: 'acme/other', workflows: [{ ...lint, file: 'staging.yml' }, lint] });
  await github.land('acme/other', { title: 'Another repository', author: AUTHOR });
  await github.land('acme/shop', { title: 'Another branch', author: AUTHOR, branch: 'mainly' });
  for (const event of ['pull_request', 'push', 'pull_request_target']) {
    for (const fork of ['stranger/shop', null]) {
      const run = await github.forkRun('acme/shop', {
        headBranch: 'main',
        title: 'A fork',
        event,
        fork,
        file: 'staging.yml',
      });
      await github.completeRun(run.id, { conclusion: 'success' });
    }
  }
  const told = (await pushed()).at(-1);
  const others: Parameters<typeof retold>[1][] = [
    ({ workflow_run }) => Object.assign(workflow_run, { event: 'pull_request' }),
    ({ workflow_run }) => Object.assign(workflow_run, { event: 'workflow_dispatch' }),
    ({ workflow_run }) => Object.assign(workflow_run, { event: 'schedule' }),
    ({ workflow_run }) => Object.assign(workflow_run, { head_branch: 'v1.0.0' }),
    ({ workflow_run }) => Object.assign(workflow_run, { head_branch: null }),
    ({ workflow_run }) => Object.assign(workflow_run, { head_branch: 'MAIN' }),
    ({ workflow_run }) => Object.assign(workflow_run, { head_repository: null }),
    ({ workflow_run }) => delete workflow_run.head_repository,
    ({ workflow_run }) => Object.assign(workflow_run, { path: '.github/workflows/lint.yml' }),
    ({ workflow_run }) => Object.assign(workflow_run, { path: '.github/workflows/not-staging.yml' }),
    ({ workflow_run, workflow }) => {
      Object.assign(workflow_run, { path: null });
      Object.assign(workflow, { path: '.github/workflows/lint.yml' });
    },
    ({ repository }) => Object.assign(repository, { full_name: 'acme/shop-2' }),
    ({ repository }) => Object.assign(repository, { full_name: 'evil/shop' }),
    ({ workflow_run }) => Object.assign(workflow_run, { head_sha: "'; drop table changes; --" }),
  ];
  for (const change of others) {
    expect((await github.deliver('workflow_run', retold(told, change))).status).toBe(202);
  }
  await quiet(team);
  expect(await team.rows('select * from changes')).toEqual([]);
  expect(await counts(team, 'ledger')).toEqual([0]);
  expect(team.slack.workspace.messages).toEqual([]);

  const sha = await land(team, 'A change at last');
  await card(team, sha, ['passed staging'], ['Deploy', 'What ships']);
  expect(team.slack.workspace.messages).toHaveLength(1);
});

test('a pushed tag that is called like the branch is no change, whatever its run ends with', async () => {
  const sha = await land(team, 'A change');
  await card(team, sha, ['passed staging'], ['Deploy', 'What ships']);
  const { runId } = await team.github.pushTag('acme/shop', 'main', { sha });
  await team.github.completeRun(runId, { conclusion: 'failure' });
  await quiet(team);
  expect(await team.rows('select sha, staging_status from changes')).toEqual([{ sha, staging_status: 'passed' }]);
  expect(team.cards()).toHaveLength(1);
});

test('the repository name matches in upper or lower case, as on GitHub', async () => {
  const told = (await pushed()).at(-1);
  await team.github.deliver(
    'workflow_run',
    retold(told, ({ repository }) => Object.assign(repository, { full_name: 'Acme/SHOP' })),
  );
  await until('its card', () => team.cards().length === 1);
});
