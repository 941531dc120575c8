import { z } from 'zod';
import { keyOf, nameOf, RESULT_EVENTS, type RequiredResult } from '../core/change/results.js';
import { parseDuration } from '../core/duration.js';
import { duration, id, list, mapping, text, workflow } from './forms.js';
import { type Problem, shown } from './problems.js';
import { at, rawServices } from './raw.js';

const login = '[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?';
/** What runs in a workflow may set any check and any status in the name of this App. */
const anyWorkflow = 'not github-actions, in whose name every workflow can set it: name the workflow instead';
const appExpected = `the slug of a GitHub App, as in its address; ${anyWorkflow}`;
const app = id(new RegExp(`^(?!github-actions$)${login}$`), appExpected).refine(isNoWorkflow, { error: appExpected });
const accountExpected = `the GitHub login that sets the status, such as jenkins-acme; ${anyWorkflow}`;
const account = id(new RegExp(`^(?!github-actions\\[bot\\]$)${login}(?:\\[bot\\])?$`), accountExpected).refine(
  isNoWorkflow,
  {
    error: accountExpected,
  },
);
const MOST = 10;

const one = z
  .union(
    [
      mapping({
        workflow: workflow.meta({ description: 'A workflow of the repository whose run must be green.' }),
        event: z
          .enum(RESULT_EVENTS, { error: `one of ${RESULT_EVENTS.join(', ')}` })
          .default('push')
          .meta({ description: 'What starts that run; runs of other events do not count.' }),
      }).meta({ description: 'A run of a workflow.' }),
      mapping({
        check: text('the name of a check').meta({ description: 'The name of a check run.' }),
        app: app.meta({
          description: 'The slug of the App that makes it; a check of that name by another App does not count.',
        }),
      }).meta({ description: 'A check run of an App.' }),
      mapping({
        status: text('the context of a commit status').meta({ description: 'The context of a commit status.' }),
        by: account.meta({ description: 'The login of the account that sets it; nobody else counts.' }),
      }).meta({ description: 'A commit status set by an account.' }),
      mapping({
        status: text('the context of a commit status').meta({ description: 'The context of a commit status.' }),
        app: app.meta({ description: 'The slug of the App that sets it; nobody else counts.' }),
      }).meta({ description: 'A commit status set by an App.' }),
    ],
    { error: 'a workflow; a check with its app; or a status with its app, or with by' },
  )
  .meta({ description: 'A result of the same commit: a run of a workflow, a check, or a commit status.' });

/** What else must be green, below `staging`. */
export const requiresKeys = {
  requires: list(one, 'a list of results')
    .max(MOST, { error: `at most ${MOST} results` })
    .optional()
    .meta({
      description: `More results of the same commit that must be green before it is deployed, at most ${MOST}: see results.md. Default: none.`,
    }),
  within: duration
    .default('30m')
    .meta({ description: 'A required result that is not there so long after the staging run is called missing.' }),
};

/** GitHub ignores case here. */
function isNoWorkflow(login: string): boolean {
  return !/^github-actions(?:\[bot\])?$/i.test(login);
}

type Written = z.output<typeof one>;

const requiredOf = (written: Written): RequiredResult => {
  if ('workflow' in written) return { is: 'workflow', file: written.workflow, event: written.event };
  if ('check' in written) return { is: 'check', name: written.check, app: written.app };
  return { is: 'status', name: written.status, by: 'by' in written ? written.by : `${written.app}[bot]` };
};

/** What else is required; nothing at all where nothing is. */
export function requiresOf({
  requires = [],
  within,
}: {
  readonly requires?: Written[] | undefined;
  readonly within: string;
}): {
  requires?: readonly RequiredResult[];
  withinMs?: number;
} {
  return requires.length === 0 ? {} : { requires: requires.map(requiredOf), withinMs: parseDuration(within) ?? 0 };
}

/** Results that can never count beside the others, of the raw file. */
export function problemsOfRequires(file: unknown): Problem[] {
  return rawServices(file).flatMap((service, index) => {
    const requires = at(service, 'staging', 'requires');
    if (!Array.isArray(requires)) return [];
    const stages = at(service, 'production', 'stages');
    const own = Array.isArray(stages) ? stages.map((stage) => at(stage, 'workflow')) : [];
    const deploying = [at(service, 'production', 'workflow'), ...own];
    const first = new Map<string, number>();
    return requires.flatMap((raw: unknown, place): Problem[] => {
      const read = one.safeParse(raw);
      if (!read.success) return [];
      const required = requiredOf(read.data);
      const setting = `services[${index}].staging.requires[${place}]`;
      const earlier = first.get(keyOf(required));
      first.set(keyOf(required), earlier ?? place);
      if (earlier !== undefined)
        return [
          { setting, found: `${shown(nameOf(required))}, as in requires[${earlier}]`, expected: 'each result once' },
        ];
      if (required.is !== 'workflow') return [];
      if (deploying.includes(required.file))
        return [
          { setting, found: `${shown(required.file)}, a production workflow`, expected: 'a workflow that tests' },
        ];
      if (required.event === 'push' && required.file === at(service, 'staging', 'workflow'))
        return [
          {
            setting,
            found: `${shown(required.file)}, the staging workflow itself`,
            expected: 'a result beside it: that run is required anyway',
          },
        ];
      return [];
    });
  });
}
