/** How a change goes live: the workflow, its inputs, and the stages that it goes through. */

import { z } from 'zod';
import { ask } from './ask.js';
import { gitName, id, mapping, workflow } from './forms.js';
import { stagesKeys } from './stages.js';

const ours = ['sha', 'deploy_id', 'requested_by'];
const inputNameExpected = `the name of a workflow input other than ${ours.join(', ')}, which Pushbutton sets itself`;
// GitHub ignores case here. The pattern, in lower case, also ends up in the JSON Schema, for editors.
const inputName = id(new RegExp(`^(?!(?:${ours.join('|')})$)[A-Za-z_][\\w-]*$`), inputNameExpected).refine(
  (name) => !ours.includes(name.toLowerCase()),
  { error: inputNameExpected },
);
const ownInput = z.union([z.string(), z.number(), z.boolean()], { error: 'a string, a number, true or false' });

/** The key `production` of a service. */
export const production = mapping({
  workflow: workflow.meta({
    description: 'The workflow that deploys; it takes the inputs sha, deploy_id and requested_by.',
  }),
  ref: id(gitName, 'a branch or tag')
    .optional()
    .meta({ description: 'The branch or tag whose version of the workflow runs. Default: the branch.' }),
  inputs: z
    .record(inputName, ownInput, { error: 'a mapping of input names to values' })
    .refine((inputs) => Object.keys(inputs).length <= 22, {
      error: 'at most 22 inputs: GitHub accepts 25, and Pushbutton sends three',
    })
    .default({})
    .meta({
      description:
        'Your own inputs of the workflow, passed on unchanged; at most 22, on GitHub Enterprise Server up to 3.19 at most 7.',
    }),
  ask: ask.optional(),
  ...stagesKeys(inputName, ownInput),
}).meta({ description: 'How a change goes live.' });
