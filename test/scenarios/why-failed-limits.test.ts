import { plainText } from '../../sandbox/slack/reading.js';
import { logOf } from '../support/job-log.js';
import { card, quiet } from '../support/releases.js';
import { BOB, configOf, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

/** What no reading can mend, and what is slow, has an end: the author hears, and GitHub is not asked again and again. */

let team: Team;
const author = { login: 'octocat', name: 'Octo Cat', email: 'octo@acme.test' };
afterEach(() => team.stop());

/** A push whose job `test` failed with this as its last words. */
async function fails(title: string, words: string) {
  const { sha, runId: run } = await team.github.push('acme/shop', { title, author });
  await team.github.advance(run, { job: 'test', status: 'completed', conclusion: 'failure', silent: true });
  const step = { command: 'npm test', lines: [words], error: 'Process completed with exit code 1.' };
  team.github.jobLog(run, 'test', logOf(new Date(team.now()), step));
  await team.github.completeRun(run, { conclusion: 'failure' });
  return { sha, run };
}

async function said(sha: string): Promise<string[]> {
  const on = await card(team, sha, ['failed staging'], ['Re-run']);
  return team.slack.thread(on.channel, on.ts).slice(1).map(plainText);
}

test('a secret that is cut inside a character keeps nobody from hearing why', async () => {
  team = await startTeam();
  const { sha } = await fails('Add prices', `Error: no space left DB_PASSWORD=a${'\u{1f600}'.repeat(1_200)}`);
  await until('why', async () => (await said(sha)).some((one) => one.includes('no space left DB_PASSWORD=[secret]')));
});

/** What its waiting job counts: the sweep lets it begin anew. */
const counts = (tries: number) =>
  team.rows(
    `update graphile_worker._private_jobs set payload = jsonb_set(payload::jsonb, '{tries}', to_jsonb($1::int))::json
     where payload->>'tries' is not null and locked_at is null and key like 'read:%'`,
    [tries],
  );

test.each([
  ['often enough', () => counts(20)],
  [
    'long enough, though the sweep lets the tries begin anew',
    async () => {
      await team.rows(
        "update failures set found_at = clock_timestamp() - interval '16 minutes' where ended_at is null",
      );
      await counts(0);
    },
  ],
])(
  'where what was read can never be saved, it was tried %s, and the author hears that staging failed',
  async (_, pass) => {
    team = await startTeam({ config: configOf({ top: 'people: { octocat: U0BOB }' }) });
    await team.rows(`create function refuse_why() returns trigger language plpgsql as
    $$ begin if new.why->'job' <> 'null' then raise 'refused'; end if; return new; end $$`);
    await team.rows('create trigger refuse_why before update on failures for each row execute function refuse_why()');
    const { sha } = await fails('Add prices', 'Error: no space left on device');
    const requests = () => team.github.calls({ route: 'job-log' }).length;
    await until('it was tried again', () => requests() > 1);
    await until('it has been tried', async () => {
      await pass();
      return (await team.rows('select from failures where why is not null or ended_at is not null')).length === 1;
    });
    await until('a word in the thread', async () => (await said(sha)).length === 1);
    expect((await said(sha))[0]).toContain(`@${BOB}`);
    const asked = requests();
    await quiet(team);
    expect(requests()).toBe(asked);
  },
);

test('while three logs are slow, GitHub is asked nothing about other failures', async () => {
  team = await startTeam();
  let go = () => {};
  const held = new Promise<void>((resolve) => {
    go = resolve;
  });
  team.github.fail('job-log', { kind: 'held', until: held }, 3);
  const slow = [];
  for (const title of ['One', 'Two', 'Three']) slow.push(await fails(title, 'Error: no space left on device'));
  const asked = (route: string) => team.github.calls({ route }).length;
  await until('three logs are under way', () => asked('job-log') === 3);
  const annotations = asked('annotations');
  const { sha } = await fails('Four', 'Error: no space left on device');
  // Each time that it is put off, it is another job.
  const jobs = new Set<string>();
  const waits = async () => {
    const rows = await team.rows<{ id: string }>(
      "select id from graphile_worker._private_jobs where key like 'read:%' and locked_at is null",
    );
    for (const { id } of rows) jobs.add(String(id));
    return jobs.size >= 3;
  };
  try {
    await until('the fourth was put off three times', waits);
    expect(asked('annotations')).toBe(annotations);
  } finally {
    go();
  }
  for (const one of [...slow, { sha }])
    await until('why', async () => (await said(one.sha)).some((words) => words.includes('no space left')));
}, 60_000);
