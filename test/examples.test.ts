import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';

type Step = { name?: string; uses?: string; run?: string; if?: string; with?: object; env?: Record<string, string> };

/** How a workflow writes the value of an input. */
const input = (name: string) => `\${{ inputs.${name} }}`;

const staging = parse(readFileSync('examples/workflows/staging.yml', 'utf8'));
const production = parse(readFileSync('examples/workflows/production.yml', 'utf8'));
const stagingSteps: Step[] = staging.jobs.staging.steps;
const steps: Step[] = production.jobs.production.steps;

describe('staging.yml', () => {
  test('runs for pushes on the branch, and for nothing else', () => {
    expect(staging.on).toEqual({ push: { branches: ['main'] } });
    expect(staging.permissions).toEqual({ contents: 'read' });
  });

  test('sends the test report under the name of the example config, also of a failed test', () => {
    const config = parse(readFileSync('pushbutton.example.yml', 'utf8'));
    const report = stagingSteps.find(({ uses }) => uses?.startsWith('actions/upload-artifact@'));
    expect(report).toMatchObject({ if: 'always()', with: { name: config.services[0].staging.test_report } });
    expect(JSON.stringify(report?.with)).toContain('.xml');
  });

  test('fails until its steps are filled in, so that nothing is green by chance', () => {
    const scripts = stagingSteps.flatMap(({ run }) => run ?? []);
    expect(scripts.map((script) => spawnSync('bash', ['-e', '-c', script]).status)).toEqual([1, 1]);
  });
});

describe('production.yml', () => {
  test('is started by a dispatch with the three inputs, described and required', () => {
    expect(Object.keys(production.on)).toEqual(['workflow_dispatch']);
    const inputs = production.on.workflow_dispatch.inputs;
    expect(Object.keys(inputs)).toEqual(['sha', 'deploy_id', 'requested_by']);
    for (const declared of Object.values(inputs))
      expect(declared).toEqual({ description: expect.stringMatching(/\w/), required: true, type: 'string' });
  });

  test('carries [deploy_id] in its name', () => expect(production['run-name']).toContain(`[${input('deploy_id')}]`));

  test('lets no two runs overlap, cancels none, and may only read', () => {
    expect(production.concurrency).toEqual({
      // biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of GitHub's, not a template
      group: 'production-${{ github.workflow_ref }}',
      'cancel-in-progress': false,
    });
    expect(production.permissions).toEqual({ contents: 'read' });
  });

  test('checks the form before the checkout of exactly that commit, and the branch after it', () => {
    const checkout = steps.findIndex(({ uses }) => uses?.startsWith('actions/checkout@'));
    expect(steps[checkout]?.with).toEqual({ ref: input('sha'), 'fetch-depth': 0 });
    expect(steps.slice(0, checkout).map(({ run }) => run)).toEqual([expect.stringContaining('^[0-9a-f]{40}$')]);
    expect(steps[checkout + 1]?.run).toContain('git merge-base --is-ancestor');
    expect(steps.slice(checkout + 2).map(({ name }) => name)).toEqual(['Deploy to production']);
  });

  test('gives no input to a script but by its environment', () => {
    const scripts = [...steps, ...stagingSteps].flatMap(({ run }) => run ?? []);
    expect(scripts.filter((script) => script.includes('${{'))).toEqual([]);
    expect(steps.at(-1)?.env).toEqual({
      SHA: input('sha'),
      DEPLOY_ID: input('deploy_id'),
      REQUESTED_BY: input('requested_by'),
    });
  });
});

describe('the checks of production.yml on a real repository', () => {
  let folder = '';
  const commits = { first: '', tip: '', aside: '' };

  // An environment of its own: inside a git hook the inherited one names another repository.
  const env = { PATH: process.env.PATH ?? '', GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
  const git = (...words: string[]) => {
    const who = ['-c', 'user.name=Octo Cat', '-c', 'user.email=octo@example.com', '-c', 'commit.gpgsign=false'];
    const { status, stdout, stderr } = spawnSync('git', [...who, ...words], { cwd: folder, env, encoding: 'utf8' });
    if (status !== 0) throw new Error(`git ${words.join(' ')}: ${stderr}`);
    return stdout.trim();
  };
  const commit = (title: string) => {
    git('commit', '--quiet', '--allow-empty', '-m', title);
    return git('rev-parse', 'HEAD');
  };

  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'pushbutton-example-'));
    git('init', '--quiet', '--initial-branch=main');
    commits.first = commit('First');
    commits.tip = commit('Second');
    git('update-ref', 'refs/remotes/origin/main', commits.tip);
    git('checkout', '--quiet', '-b', 'aside', commits.first);
    commits.aside = commit('Aside');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Runs the checks as the runner does: bash -e, one after the other, the checkout between them. */
  function check(sha: string, at = sha): { ends: 'passed' | 'failed'; says: string } {
    let says = '';
    for (const step of steps.slice(0, -1)) {
      if (!step.run) {
        git('checkout', '--quiet', '--detach', at);
        continue;
      }
      const given = { ...env, SHA: sha, BRANCH: 'main' };
      const options = { cwd: folder, env: given, encoding: 'utf8' } as const;
      const { status, stdout } = spawnSync('bash', ['-e', '-c', step.run], options);
      says += stdout;
      if (status !== 0) return { ends: 'failed', says };
    }
    return { ends: 'passed', says };
  }

  test('a commit on the branch passes, its tip and an older one', () => {
    expect(check(commits.tip)).toEqual({ ends: 'passed', says: '' });
    expect(check(commits.first)).toEqual({ ends: 'passed', says: '' });
  });

  test('a commit off the branch fails, and the run says why', () => {
    expect(check(commits.aside)).toEqual({ ends: 'failed', says: `::error::${commits.aside} is not on main\n` });
  });

  test('another commit than the one asked for fails', () => {
    expect(check(commits.first, commits.tip).ends).toBe('failed');
  });

  test.each([
    ['a branch', () => 'main'],
    ['a short SHA', () => commits.tip.slice(0, 7)],
    ['capitals', () => commits.tip.toUpperCase().replace(/[0-9]/g, 'A')],
    ['a line break behind it', () => `${commits.tip}\n`],
    ['a second line', () => `${commits.tip}\nrm -rf /nowhere`],
    ['a script', () => '$(touch pushed)'],
    ['nothing', () => ''],
  ])('%s is no SHA', (_, sha) => {
    expect(check(sha(), commits.tip)).toEqual({
      ends: 'failed',
      says: expect.stringContaining('must be 40 hex digits'),
    });
  });
});
