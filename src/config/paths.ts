import { patternFault } from '../core/change/path-patterns.js';
import { list, text } from './forms.js';

const expected = 'a path pattern as in workflow files, such as shop/**';

const pattern = text(expected)
  .max(500, { error: `${expected}, of at most 500 characters`, abort: true })
  .refine((written) => patternFault(written) === null, {
    error: ({ input }) => `${expected}; this one has a fault: ${patternFault(String(input))}`,
  });

/** Which files of its repository a service is made of; without it, all of them. */
export const paths = list(pattern, 'a list of path patterns')
  .min(1, { error: 'at least one pattern; leave it out if every change of the repository is one of the service' })
  .max(100, { error: 'at most 100 patterns' })
  .refine((written) => !String(written[0] ?? '').startsWith('!'), {
    path: [0],
    error: 'a pattern without ! first: those with ! only take out of what the ones before them chose',
  })
  .optional()
  .meta({
    description:
      'The files that it is made of, in a repository with several services; patterns as in the paths of workflow files. Default: all.',
  });
