import { z } from 'zod';
import { expectedCron } from './cron.js';

const FORM = 'a cron expression of five fields, such as "0 9 * * 1-5"';
const times = z
  .string({ error: FORM })
  .regex(/\S/, { error: FORM, abort: true })
  .refine((written) => expectedCron(written) === null, { error: ({ input }) => expectedCron(String(input)) ?? '' })
  .optional();

/** The keys of the config for when digests are posted. */
export const digestKeys = {
  digest: times.meta({
    description:
      'When to post the digest, in the time zone: a cron expression of five fields, or a name such as `@daily`. Leave it out for no digest.',
  }),
  weekly: times.meta({
    description:
      'When to post the weekly digest, with charts and the measures of the week: as `digest`. Leave it out for none.',
  }),
};
