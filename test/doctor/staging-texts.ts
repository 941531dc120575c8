// biome-ignore-all lint/suspicious/noTemplateCurlyInString: expressions of GitHub's, not templates

import { staging, type WorkflowText } from './workflow-text.js';

const ok: WorkflowText['doctor'] = ['staging', /^ok: enabled, runs on push to main$/];
const no = (what: string): WorkflowText['doctor'] => ['staging', new RegExp(`^wrong: .*${what}`)];
const STAGING = (
  [
    ['a list of events', '[push, pull_request, merge_group]', null, ok],
    [
      'an event that there is not',
      '[push, pushed]',
      "Unexpected value 'pushed'",
      no('on is pushed, and GitHub takes a known word.*Did you mean push'),
    ],
    [
      'an event that there is not, in a mapping',
      '{ push: , pushes: }',
      "Unexpected value 'pushes'",
      no('GitHub knows no pushes in on\\. Did you mean push'),
    ],
    [
      'a filter that is misspelt',
      '{ push: { branch: [main] } }',
      "Unexpected value 'branch'",
      no('GitHub knows no branch in on\\.push\\. Did you mean branches'),
    ],
    [
      'types of a push',
      '{ push: { types: [created] } }',
      "Unexpected value 'types'",
      no('types does not belong into on\\.push'),
    ],
    ['branches of all kinds', '{ push: { branches: ["**", "!wip/**"], paths-ignore: ["docs/**"] } }', null, ok],
    ['branches without main', '{ push: { branches: ["**", "!ma*"] } }', null, no('its branch filter excludes it')],
    [
      'a ! that YAML takes for a tag',
      '{ push: { branches: [main, !wip ] } }',
      "Unexpected value ''",
      no('has the tag !wip'),
    ],
    ['a star that YAML takes for an alias', '{ push: { branches: [*] } }', '', no('it is not valid YAML')],
    [
      'the full name of a branch',
      '{ push: { branches: [refs/heads/main] } }',
      null,
      no('its branch filter excludes it'),
    ],
    ['an empty filter', '{ push: { branches: } }', "Unexpected value ''", no('on\\.push\\.branches is empty')],
    ['an empty list of branches', '{ push: { branches: [] } }', null, no('its branch filter excludes it')],
    [
      'a schedule beside it',
      '{ push: , schedule: [{ cron: "0 4 * * MON-FRI" }, { cron: "*/15 0-6,20 1 1 0", timezone: Europe/Berlin }] }',
      null,
      ok,
    ],
    [
      'a schedule with four fields',
      '{ push: , schedule: [{ cron: "0 4 * *" }] }',
      'Invalid cron expression',
      no('on\\.schedule\\.cron is 0 4 \\* \\*, and GitHub takes five fields'),
    ],
    [
      'a schedule with seconds',
      '{ push: , schedule: [{ cron: "0 0 4 * * *" }] }',
      'Invalid cron expression',
      no('five fields'),
    ],
    [
      'a schedule by its nickname',
      '{ push: , schedule: [{ cron: "@daily" }] }',
      'Invalid cron expression',
      no('five fields'),
    ],
    [
      'a schedule that is a text',
      '{ push: , schedule: "0 4 * * *" }',
      "Unexpected value '0 4 * * *'",
      no('on\\.schedule is .*, and GitHub takes a list'),
    ],
    [
      'a type of pull requests that there is not',
      '{ push: , pull_request: { types: [merged] } }',
      "Unexpected value 'merged'",
      no('on\\.pull_request\\.types is merged'),
    ],
    ['types of pull requests', '{ push: , pull_request: { types: [opened, synchronize] } }', null, ok],
    [
      'a run of another workflow',
      '{ workflow_run: { workflows: [Build], types: [completed] } }',
      null,
      no('does not run on push'),
    ],
    ['a push that is true', '{ push: true }', "Unexpected value 'true'", no('on\\.push is not valid')],
  ] as const
).map(([what, events, parser, doctor]) => ({ what, text: staging(events), parser, doctor }));
const JOBS = (
  [
    ['a reusable workflow', 'jobs: { test: { uses: ./.github/workflows/test.yml, secrets: inherit } }', null, ok],
    [
      'a reusable workflow with steps',
      'jobs: { test: { uses: ./.github/workflows/test.yml, steps: [{ run: make }] } }',
      "Unexpected value 'steps'",
      no('steps does not belong into jobs\\.test'),
    ],
    [
      'runners of a matrix',
      'jobs: { test: { strategy: { matrix: { os: [a, b] } }, runs-on: "${{ matrix.os }}", steps: [{ run: make }] } }',
      null,
      ok,
    ],
    [
      'runners of a matrix that is misspelt',
      'jobs: { test: { runs-on: "${{ matrx.os }}", steps: [{ run: make }] } }',
      "Unrecognized named-value: 'matrx'",
      no('not matrx \\(did you mean matrix'),
    ],
    [
      'a key of a newer GitHub',
      'jobs: { test: { runs-on: x, hibernation: 3, steps: [{ run: make }] } }',
      "Unexpected value 'hibernation'",
      [
        'staging',
        /^skipped: GitHub may refuse staging\.yml, look there: line 3: GitHub knows no hibernation in jobs\.test$/,
      ],
    ],
  ] as const
).map(([what, jobs, parser, doctor]) => ({ what, text: staging('push', jobs), parser, doctor }));

/** What staging workflows are started by, and their jobs. */
export const STAGINGS: readonly WorkflowText[] = [...STAGING, ...JOBS];
