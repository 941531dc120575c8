import { z } from 'zod';
import { addressIn, forbidden } from '../checks/addresses.js';
import { durationForm, parseDuration } from '../core/duration.js';
import type { StageChecks } from '../core/stages/checks.js';
import { withoutSecrets } from '../log/others-secrets.js';
import { id, list, mapping, workflow } from './forms.js';
import { isLoopback } from './loopback.js';
import { type Problem, shown } from './problems.js';
import { at, rawServices } from './raw.js';

/** `checks`, at the top level. */
export const checksKey = mapping({
  private: z.boolean({ error: 'true or false' }).default(false).meta({
    description: 'true: checks may go to private addresses, such as 10.0.0.7, and to names that lead to one.',
  }),
})
  .prefault({})
  .meta({ description: 'Where the checks of stages may go.' });

const LEAST_EVERY_MS = 5_000;
const MOST_HTTP = 5;
const expectedUrl =
  'an http or https URL without a login or a token, which would be shown, such as https://acme.com/healthz';
const expectedEvery = 'a duration of 5s or more: a number and s, m, h or d, such as 30s';
const whole = (least: number, most: number, expected: string) =>
  z.int({ error: expected }).min(least, { error: expected }).max(most, { error: expected });

const httpCheck = mapping({
  get: id(/^\S{1,600}$/, expectedUrl)
    .refine(isSafe, { error: expectedUrl })
    .meta({ description: 'The URL to ask. It is shown where the check fails.' }),
  every: id(durationForm, expectedEvery)
    .refine((value) => (parseDuration(value) ?? 0) >= LEAST_EVERY_MS, { error: expectedEvery })
    .default('30s')
    .meta({ description: 'How often to ask it, 5s or more.' }),
  expect: whole(200, 599, 'a status from 200 to 599')
    .default(200)
    .meta({ description: 'The status that it must answer, up to 599. A redirect is not followed: it is an answer.' }),
  fails: whole(1, 100, 'a whole number from 1 to 100')
    .default(3)
    .meta({ description: 'How many failures in a row fail the stage, at most 100.' }),
}).meta({ description: 'An address that is asked again and again.' });

const workflowCheck = mapping({
  workflow: workflow.meta({
    description: 'A workflow that is run once, with the inputs sha, deploy_id, requested_by and stage.',
  }),
}).meta({ description: 'A workflow whose end decides.' });

const expectedChecks = `at most ${MOST_HTTP} checks with get and one with workflow`;

/** `check` of a stage. */
export const checkList = list(
  z.union([httpCheck, workflowCheck], { error: 'a mapping with get, or one with workflow' }),
  'a list of checks',
).refine(
  (all) => all.filter((one) => 'get' in one).length <= MOST_HTTP && all.filter((one) => 'workflow' in one).length <= 1,
  {
    error: expectedChecks,
  },
);

function isSafe(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return /^https?:$/.test(protocol) && username === '' && password === '' && withoutSecrets(text) === text;
}

/** The checks as the file has them, after it was validated. */
export function checksOf(written: z.output<typeof checkList>): StageChecks {
  return {
    http: written.flatMap((one) =>
      'get' in one
        ? { get: one.get, everyMs: parseDuration(one.every) ?? 0, expect: one.expect, fails: one.fails }
        : [],
    ),
    workflow: written.find((one) => 'workflow' in one) ?? null,
  };
}

/** Reports checks of what can be seen to be a private address without a look-up. The others fail when they are asked. */
export function privateChecks(file: unknown): Problem[] {
  const isPrivateAllowed = at(file, 'checks', 'private') === true;
  return rawServices(file).flatMap((service, index) =>
    listAt(service, 'production', 'stages').flatMap((stage, nth) =>
      listAt(stage, 'check').flatMap((check, place): Problem[] => {
        const get = at(check, 'get');
        const kind = typeof get === 'string' && URL.canParse(get) ? kindIn(new URL(get), isPrivateAllowed) : null;
        if (kind === null) return [];
        const isNever = kind === 'link-local' || kind === 'metadata';
        return [
          {
            setting: `services[${index}].production.stages[${nth}].check[${place}].get`,
            found: `${shown(get)}, which is ${isNever ? 'an address of the machine or its cloud' : 'a private address'}`,
            expected: isNever ? 'another address' : 'a public address, or checks: { private: true } at the top level',
          },
        ];
      }),
    ),
  );
}

const listAt = (value: unknown, ...path: string[]): unknown[] => {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
};

function kindIn(url: URL, isPrivateAllowed: boolean) {
  const address = addressIn(url) ?? (isLoopback(url.hostname) ? '127.0.0.1' : null);
  return address === null ? null : forbidden(address, isPrivateAllowed);
}
