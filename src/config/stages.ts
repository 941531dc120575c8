/** The stages of production: the keys `stages` and `on_failure`. */

import { z } from 'zod';
import { parseDuration } from '../core/duration.js';
import type { StagePlan } from '../core/stages/stage.js';
import { checkList, checksOf } from './checks.js';
import { duration, id, list, mapping, workflow } from './forms.js';

const MOST = 10;
const name = id(/^[a-z0-9][a-z0-9-]{0,19}$/, 'a name of up to 20 characters from a-z, 0-9 and dash, such as canary');

/** `inputName` and `ownInput`: the forms of a workflow's inputs. */
export const stagesKeys = (inputName: z.ZodString, ownInput: z.ZodType<string | number | boolean>) => {
  const stage = mapping({
    name: name.meta({ description: 'The name of the stage, as it stands on cards.' }),
    inputs: z
      .record(inputName, ownInput, { error: 'a mapping of input names to values' })
      .default({})
      .meta({ description: 'Added to the inputs of production for this stage.' }),
    workflow: workflow.optional().meta({ description: 'The workflow of this stage. Default: that of production.' }),
    bake: duration
      .optional()
      .meta({ description: 'How long a deployment stays in it before it goes on. Default: not at all.' }),
    check: checkList.default([]).meta({
      description: 'What is asked while a deployment bakes in it: addresses, or a workflow. Any of them can fail it.',
    }),
    next: z.enum(['itself', 'press'], { error: 'itself or press' }).default('itself').meta({
      description: 'itself: the next stage starts by itself. press: it waits for Continue.',
    }),
  });
  const checked = stage.refine(({ bake, check }) => bake !== undefined || !check.some((one) => 'get' in one), {
    path: ['bake'],
    error: 'a duration: the address of a check is asked while the stage bakes',
  });
  return {
    stages: list(checked, 'a list of stages')
      .min(2, { error: 'at least two stages; without stages, production is one' })
      .max(MOST, { error: `at most ${MOST} stages` })
      .refine((stages) => new Set(stages.map((one) => one.name)).size === stages.length, {
        error: 'each name once',
      })
      .refine((stages) => stages.at(-1)?.next !== 'press', { error: 'a last stage without next: nothing follows it' })
      .optional()
      .meta({ description: 'The stages that a deployment goes through, in this order: see stages.md.' }),
    on_failure: z.enum(['ask', 'roll back'], { error: 'ask or roll back' }).default('ask').meta({
      description: 'When a stage fails. ask: a person presses Retry or Roll back. roll back: all of it, by itself.',
    }),
  };
};

interface Written {
  readonly workflow: string;
  readonly inputs: Readonly<Record<string, string | number | boolean>>;
  readonly stages?:
    | readonly {
        readonly name: string;
        readonly inputs: Readonly<Record<string, string | number | boolean>>;
        readonly workflow?: string | undefined;
        readonly bake?: string | undefined;
        readonly next: 'itself' | 'press';
        readonly check: Parameters<typeof checksOf>[0];
      }[]
    | undefined;
}

/**
 * The stages of a service as decisions read them, each with the workflow and all inputs of its run: a deployment keeps them as
 * they are when it starts.
 */
export const stagesOf = ({ stages = [], workflow: usual, inputs }: Written): StagePlan[] =>
  stages.map((one) => ({
    name: one.name,
    workflow: one.workflow ?? usual,
    inputs: Object.fromEntries(
      Object.entries({ ...inputs, ...one.inputs }).map(([input, value]) => [input, String(value)]),
    ),
    bakeMs: one.bake === undefined ? 0 : (parseDuration(one.bake) ?? 0),
    next: one.next,
    checks: checksOf(one.check),
  }));
