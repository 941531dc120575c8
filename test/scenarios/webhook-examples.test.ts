import { createRequire } from 'node:module';
import { polledOnce } from '../support/deliveries.js';
import { card, quiet } from '../support/releases.js';
import { configOf, PRODUCTION, STAGING, startTeam, type Team } from '../support/team.js';

interface Event {
  name: string;
  examples: { [key: string]: unknown }[];
}
const EVENTS = createRequire(import.meta.url)('@octokit/webhooks-examples/api.github.com/index.json') as Event[];

// Workflow files that the examples tell of.
const config = configOf()
  .replace('repository: acme/shop', 'repository: Codertocat/Hello-World')
  .replace('workflow: staging.yml', 'workflow: syntax.yml')
  .concat(`
  - name: octo
    repository: octo-org/octo-repo
    branch: master
    staging: { workflow: test.yml }
    production: { workflow: production.yml }
    deployers: [U0ALICE]
  - name: example
    repository: octo-org/example-workflow
    staging: { workflow: staging.yml }
    production: { workflow: production.yml }
    deployers: [U0ALICE]
`);

let team: Team;
afterEach(() => team.stop());

test("all of GitHub's own examples are answered quickly, and none makes a change or a deployment", async () => {
  team = await startTeam({ replicas: 0, config });
  const { github } = team;
  for (const fullName of ['Codertocat/Hello-World', 'octo-org/octo-repo', 'octo-org/example-workflow']) {
    const defaultBranch = fullName.endsWith('octo-repo') ? 'master' : 'main';
    const file = fullName.endsWith('octo-repo')
      ? 'test.yml'
      : fullName.endsWith('World')
        ? 'syntax.yml'
        : 'staging.yml';
    github.addRepository({ fullName, defaultBranch, workflows: [{ ...STAGING, file }, PRODUCTION] });
  }
  team.point(await team.start());
  await polledOnce(team);

  const examples = EVENTS.flatMap(({ name, examples: of }) => of.map((payload) => ({ name, payload })));
  expect(examples.length).toBeGreaterThanOrEqual(329);
  const started = Date.now();
  const answers = await Promise.all(
    examples.map(async ({ name, payload }) => ({ name, status: (await github.deliver(name, payload)).status })),
  );
  expect(Date.now() - started).toBeLessThan(60_000);
  expect(answers.filter((one) => one.status !== 202)).toEqual([]);
  await quiet(team);
  expect(await team.rows('select * from changes')).toEqual([]);
  expect(await team.rows('select * from deployments')).toEqual([]);
  expect(team.slack.workspace.messages).toEqual([]);
  expect(await team.rows('select id from inbox where handled_at is null')).toEqual([]);

  const author = { login: 'octocat', name: 'Octo Cat', email: 'octo@acme.test' };
  const { sha } = await github.land('Codertocat/Hello-World', { title: 'A true push', author });
  await card(team, sha, ['passed staging', 'A true push'], ['Deploy', 'What ships']);
}, 90_000);

test('an example run of a production workflow is at most a run outside Pushbutton', async () => {
  const turned = config
    .replace('staging: { workflow: test.yml }', 'staging: { workflow: other.yml }')
    .replace(
      'production: { workflow: production.yml }\n    deployers: [U0ALICE]\n  - name: example',
      'production: { workflow: test.yml }\n    deployers: [U0ALICE]\n  - name: example',
    );
  expect(turned).toContain('production: { workflow: test.yml }');
  team = await startTeam({ config: turned });
  for (const { name, examples } of EVENTS.filter((event) => event.name.startsWith('workflow_'))) {
    for (const payload of examples) expect((await team.github.deliver(name, payload)).status).toBe(202);
  }
  await quiet(team);
  expect(await team.rows('select * from deployments')).toEqual([]);
  expect(team.slack.workspace.messages).toEqual([]);
});
