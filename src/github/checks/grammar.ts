import {
  type Allowed,
  IN_STEPS,
  OF_CONDITION,
  OF_DEFAULTS,
  OF_ENV,
  OF_JOB,
  OF_JOB_ENV,
  OF_STEP_CONDITION,
  OF_STRATEGY,
  OF_URL,
  OF_WORKFLOW,
  ON_RUNNER,
} from './allowed.js';
import { EVENTS } from './grammar-events.js';
import { either, mapOf, type Rule, some, someOrMore, text } from './rule.js';

/** Anything, as under a matrix. */
const anything = (reads: Allowed): Rule => ({ anything: true, reads });

const IDENTIFIER = /^(?!__)[A-Za-z_][\w-]{0,99}$/;
const identifier: Rule = { text: IDENTIFIER, says: 'letters, digits, - and _, beginning with a letter' };

const concurrency = (reads: Allowed): Rule => ({
  ...some(reads),
  map: {
    keys: {
      group: some(reads),
      'cancel-in-progress': { flag: true, reads },
      queue: { ...either('single', 'max'), reads },
    },
    needs: ['group'],
  },
});
const defaults = (reads?: Allowed): Rule => ({
  map: {
    keys: { run: { map: { keys: { shell: some(reads), 'working-directory': some(reads) } }, ...(reads && { reads }) } },
  },
});

const level = either('read', 'write', 'none');
const levels = (...areas: string[]) => Object.fromEntries(areas.map((area) => [area, level]));
const permissions: Rule = {
  ...either('read-all', 'write-all'),
  map: {
    keys: {
      ...levels('actions', 'artifact-metadata', 'attestations', 'checks', 'code-quality', 'contents', 'deployments'),
      ...levels('discussions', 'drives', 'issues', 'packages', 'pages', 'pull-requests', 'repository-projects'),
      ...levels('security-events', 'statuses'),
      'copilot-requests': either('write', 'none'),
      'id-token': either('write', 'none'),
      models: either('read', 'none'),
      'vulnerability-alerts': either('read', 'none'),
    },
  },
};

const container = (reads: Allowed): Rule => ({
  ...text(reads),
  map: {
    keys: {
      image: text(reads),
      options: text(reads),
      env: mapOf(text(ON_RUNNER), reads),
      ports: { list: some(reads), reads },
      volumes: { list: some(reads), reads },
      credentials: {
        map: { keys: { username: some(ON_RUNNER), password: some(ON_RUNNER) } },
        reads: ON_RUNNER,
      },
      command: text(reads),
      entrypoint: text(reads),
    },
    needs: ['image'],
  },
});

const commonOfJobs: Readonly<Record<string, Rule>> = {
  name: text(OF_JOB),
  needs: someOrMore(some()),
  if: { condition: true, text: 'any', flag: true, nothing: true, reads: OF_CONDITION },
  permissions,
  concurrency: concurrency(OF_JOB),
  strategy: {
    map: {
      keys: {
        'fail-fast': { flag: true, reads: OF_STRATEGY },
        'max-parallel': { count: true, reads: OF_STRATEGY },
        matrix: {
          map: {
            keys: {
              include: { list: mapOf(anything(OF_STRATEGY), OF_STRATEGY), reads: OF_STRATEGY },
              exclude: { list: mapOf(anything(OF_STRATEGY), OF_STRATEGY), reads: OF_STRATEGY },
            },
            others: { list: anything(OF_STRATEGY), reads: OF_STRATEGY },
          },
          reads: OF_STRATEGY,
        },
      },
    },
    reads: OF_STRATEGY,
  },
};

const commonOfSteps: Readonly<Record<string, Rule>> = {
  name: text(IN_STEPS),
  id: identifier,
  if: {
    condition: true,
    text: 'any',
    flag: true,
    nothing: true,
    reads: OF_STEP_CONDITION,
  },
  'continue-on-error': { flag: true, reads: IN_STEPS },
  'timeout-minutes': { count: true, reads: IN_STEPS },
  env: mapOf(text(IN_STEPS), IN_STEPS),
  background: { flag: true },
};
const useStep: Rule = {
  map: {
    keys: {
      ...commonOfSteps,
      uses: {
        text: /^(?!\.\/\.github\/workflows\/)(?:\.{1,2}(?:\/.*)?|docker:\/\/.+|[^/@\s]+\/[^@\s]+@\S+)$/,
        says: 'owner/name@version, ./folder of an action or docker://image',
      },
      with: mapOf(text(IN_STEPS), IN_STEPS),
    },
  },
};
const runStep: Rule = {
  map: { keys: { ...commonOfSteps, run: text(IN_STEPS), shell: some(IN_STEPS), 'working-directory': text(IN_STEPS) } },
};
/** Steps of newer kinds. */
const OTHER_STEPS = ['wait', 'wait-all', 'cancel', 'parallel'];
const step: Rule = {
  map: {},
  byKeys: (keys) => {
    if (keys.includes('uses')) return useStep;
    if (keys.includes('run')) return runStep;
    return keys.some((key) => OTHER_STEPS.includes(key))
      ? { map: { others: anything(IN_STEPS) } }
      : 'it has neither run nor uses';
  },
};

const calling: Rule = {
  map: {
    keys: {
      ...commonOfJobs,
      uses: {
        text: /^(?:\.\/\.github\/workflows\/[^/@]+\.ya?ml|[^/@\s]+\/[^/@\s]+\/\.github\/workflows\/[^/@]+\.ya?ml@\S+)$/,
        says: './.github/workflows/FILE or owner/name/.github/workflows/FILE@version',
      },
      with: mapOf({ ...text(OF_JOB), flag: true, count: true }, OF_JOB),
      secrets: {
        ...either('inherit'),
        map: { others: text(OF_JOB_ENV) },
      },
    },
  },
};
const working: Rule = {
  map: {
    keys: {
      ...commonOfJobs,
      'runs-on': {
        ...someOrMore(some(OF_JOB)),
        map: { keys: { group: some(OF_JOB), labels: someOrMore(some(OF_JOB)) } },
      },
      'timeout-minutes': { count: true, reads: OF_JOB },
      'cancel-timeout-minutes': { count: true, reads: OF_JOB },
      'continue-on-error': { flag: true, reads: OF_JOB },
      container: container(OF_JOB),
      services: mapOf(container(OF_JOB), OF_JOB),
      env: mapOf(text(OF_JOB_ENV), OF_JOB_ENV),
      environment: {
        ...text(OF_JOB),
        map: {
          keys: {
            name: text(OF_JOB),
            url: text(OF_URL),
            deployment: { flag: true, reads: OF_JOB },
          },
          needs: ['name'],
        },
      },
      outputs: mapOf(text(ON_RUNNER)),
      defaults: defaults(OF_DEFAULTS),
      steps: { list: step },
      snapshot: anything(OF_JOB),
    },
    needs: ['runs-on'],
  },
};

/** A workflow file, without its events. */
export const WORKFLOW: Rule = {
  map: {
    keys: {
      on: EVENTS,
      name: text(),
      description: text(),
      // Its own check reads it.
      'run-name': { anything: true },
      env: mapOf(text(OF_ENV), OF_ENV),
      defaults: defaults(),
      permissions,
      concurrency: concurrency(OF_WORKFLOW),
      jobs: {
        map: {
          others: { map: {}, byKeys: (keys) => (keys.includes('uses') ? calling : working) },
          named: IDENTIFIER,
        },
      },
    },
    needs: ['on', 'jobs'],
  },
};
/** All keys of workflow files: one that stands at another place is no new one. */
export const KEYS: ReadonlySet<string> = new Set([
  ...[WORKFLOW, calling, working, useStep, runStep, container(OF_JOB), permissions].flatMap(({ map }) =>
    Object.keys(map?.keys ?? {}),
  ),
  ...['types', 'matrix', 'fail-fast', 'max-parallel', 'group', 'shell', 'run', 'image', 'url', 'ref'],
]);
