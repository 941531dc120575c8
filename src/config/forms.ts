/** The forms of values that the config file is made of. Every message is only the expectation: `file.ts` adds the path and the value. */

import { z } from 'zod';
import { durationForm, parseDuration } from '../core/duration.js';

export const id = (form: RegExp, expected: string) =>
  z.string({ error: expected }).regex(form, { error: expected, abort: true });
export const text = (expected: string) => id(/\S/, expected);
export const workflow = id(
  /^[^/\s][^/]*\.ya?ml$/,
  'the file name of a workflow in .github/workflows, such as deploy.yml',
);
export const list = <T extends z.ZodType>(of: T, expected: string) => z.array(of, { error: expected });

/** A mapping with these keys and no others; its message lists the known keys, for the nearest match. */
export const mapping = <T extends z.ZodRawShape>(shape: T) =>
  z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? Object.keys(shape).join(' ')
        : `a mapping with ${Object.keys(shape).join(', ')}`,
  });

export const duration = id(durationForm, 'a duration of 1s or more: a number and s, m, h or d, such as 30m').refine(
  (value) => parseDuration(value) !== undefined,
  { error: 'a duration of 1s or more: a number and s, m, h or d, such as 30m' },
);
// The rules of git-check-ref-format(1) that a typing error is likely to break.
export const gitName = /^(?!-|\/|refs\/)(?!.*(?:\.\.|\/$))[^\s~^:?*[\]\\]+$/;
