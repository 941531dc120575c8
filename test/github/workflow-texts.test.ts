import type { Look } from '../../src/github/checks/look.js';
import { productionVerdicts, stagingVerdict } from '../../src/github/checks/workflows.js';
import { FORMS } from '../doctor/form-texts.js';
import { OUTCOMES } from '../doctor/outcome-texts.js';
import { STAGINGS } from '../doctor/staging-texts.js';
import { STRUCTURES } from '../doctor/structure-texts.js';
import { EXPRESSIONS, VALUES } from '../doctor/value-texts.js';
import type { WorkflowText } from '../doctor/workflow-text.js';
import { line } from '../support/installation.js';

/** The verdicts on workflow files alone, without an installation around them. */

const SERVICE = {
  name: 'shop',
  repository: 'acme/shop',
  branch: 'main',
  staging: { workflow: 'staging.yml' },
  production: { workflow: 'production.yml', ref: 'main', inputs: { region: 'eu' } },
  stages: [],
  approvals: { required: 0, authors: false },
};
const AT = {
  full_name: 'acme/shop',
  default_branch: 'main',
  private: true,
  archived: false,
  disabled: false,
  html_url: '',
};

async function judged({ text, doctor }: WorkflowText): Promise<Record<string, string>> {
  const seen = <T>(data: T) => ({ is: 'seen', data, headers: {} }) as const;
  const look = {
    workflow: async () => seen({ state: 'active', html_url: '' }),
    file: async () => seen(text),
  } as unknown as Look;
  const names = doctor[0] === 'staging' ? ['staging'] : ['production', 'inputs', 'run-name'];
  const verdicts =
    doctor[0] === 'staging'
      ? [await stagingVerdict(look, SERVICE, AT, null)]
      : await productionVerdicts(look, SERVICE, AT, null);
  const checks = verdicts.map((verdict, at) => ({ id: names[at] ?? '', group: '', name: '', verdict }));
  return Object.fromEntries(names.map((name) => [name, line(checks, name)]));
}

const TEXTS = [...STRUCTURES, ...VALUES, ...EXPRESSIONS, ...OUTCOMES, ...FORMS, ...STAGINGS];

test.each(TEXTS.map((one) => [one.doctor[0], one.what, one] as const))('%s: %s', async (check, _, one) => {
  const lines = await judged(one);
  expect(lines[check]).toMatch(one.doctor[1]);
  const wrong = Object.keys(lines).filter((name) => lines[name]?.startsWith('wrong'));
  // One fault is one line.
  expect(wrong).toEqual(/^\^?wrong/.test(one.doctor[1].source) ? [check] : []);
  // What GitHub's parser refuses is never ok.
  if (one.parser !== null) expect(lines[check]).not.toMatch(/^ok/);
});

test('of many faults, the first three are said', async () => {
  const text = 'on: { push: { branch: a } }\nenvironment: a\njobs: { a: { step: [] }, b: { step: [] } }\n';
  const { staging } = await judged({ what: '', text, parser: '', doctor: ['staging', /^wrong/] });
  expect(staging).toMatch(/^wrong: GitHub refuses staging\.yml on main: line 1: .*; line 2: .*; line 3: [^;]*\. /);
});
