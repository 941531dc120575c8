import { z } from 'zod';
import { inWords, ok, skipped, type Verdict, wrong } from '../../core/check.js';
import type { AskedInput } from '../../core/deployment/asks.js';
import { alwaysGiven, askedMisfits } from './asked-inputs.js';
import type { WorkflowFault } from './workflow-faults.js';

const OURS = ['sha', 'deploy_id', 'requested_by'];
/** On github.com since December 2025; an older GitHub Enterprise Server takes fewer. */
export const MOST_INPUTS = 25;
const TYPES = ['string', 'boolean', 'number', 'choice', 'environment'];

const text = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const input = z
  .looseObject({
    required: z.boolean().nullish(),
    default: z.unknown().optional(),
    type: z.string().nullish(),
    options: z.array(text).nullish(),
  })
  .nullable();

/** `workflow_dispatch` as a workflow file has it. */
export const dispatchShape = z.looseObject({ inputs: z.record(z.string(), input).nullish() }).nullish();

/** An input that a workflow declares. */
interface DeclaredInput {
  readonly required: boolean;
  readonly hasDefault: boolean;
  /** The values of a choice; null for any. */
  readonly options: readonly string[] | null;
}

/** The declarations of a workflow's inputs, by their names in lower case, as GitHub ignores case. */
export interface Declarations {
  readonly inputs: ReadonlyMap<string, DeclaredInput>;
  readonly types: ReadonlyMap<string, string>;
  /** What GitHub refuses in them. */
  readonly faults: readonly WorkflowFault[];
  /** What GitHub's parser refuses in them although such files have been seen to run. */
  readonly doubts: readonly string[];
}

/** Reads the inputs of `workflow_dispatch`. */
export function readInputs(given: Readonly<Record<string, z.infer<typeof input>>>): Declarations {
  const all = Object.entries(given);
  return {
    inputs: new Map(all.map(([name, one]) => [name.toLowerCase(), declaredAs(one)])),
    types: new Map(all.map(([name, one]) => [name.toLowerCase(), one?.type ?? 'string'])),
    faults: all.flatMap(([name, one]) => faultOf(name, one) ?? []),
    doubts: all.flatMap(([name, one]) => doubtOf(name, one) ?? []),
  };
}

const declaredAs = (given: z.infer<typeof input>): DeclaredInput => ({
  required: given?.required === true,
  hasDefault: given?.default !== undefined && given.default !== null && given.default !== '',
  options: given?.type === 'choice' ? (given.options ?? []) : null,
});

// As @actions/workflow-parser 0.3.61 reads them, in dist/model/converter/workflow-dispatch.js.
function faultOf(name: string, given: z.infer<typeof input>): WorkflowFault | null {
  if (!given) return null;
  const { type, options, default: standard } = given;
  if (type && !TYPES.includes(type))
    return { fault: `the input ${name} has the type ${type}`, mend: `Use one of ${TYPES.join(', ')}.` };
  if (type === 'choice' && !options?.length)
    return { fault: `the input ${name} is a choice without options`, mend: `List them under options of ${name}.` };
  if (type !== 'choice' && options)
    return {
      fault: `the input ${name} has options and is no choice`,
      mend: `Give it type: choice, or remove its options.`,
    };
  if (!type || standard === undefined || standard === null) return null;
  if (type === 'boolean' && typeof standard !== 'boolean')
    return {
      fault: `the input ${name} is a boolean with the default ${JSON.stringify(standard)}`,
      mend: 'Write default: true or default: false, without quotes.',
    };
  if (type !== 'boolean' && type !== 'number' && typeof standard !== 'string')
    return {
      fault: `the input ${name} is a ${type} with the default ${JSON.stringify(standard)}, which is no text`,
      mend: `Put it in quotes: default: "${String(standard)}"`,
    };
  return null;
}

/** Inputs without a type are texts to the parser; files from before there were types have other defaults, and run. */
function doubtOf(name: string, given: z.infer<typeof input>): string | null {
  if (given === null) return `the input ${name} has nothing under it: give it a type`;
  const standard = given?.default;
  if (standard === null) return `the default of ${name} is empty: remove it, or give it a value`;
  if (given?.type || (typeof standard !== 'number' && typeof standard !== 'boolean')) return null;
  return `the default of ${name}, ${standard}, is no text: put it in quotes, or give ${name} a type`;
}

/** Checks that GitHub takes the declarations, and that what a start gives and people answer is what is declared. `most`: of a server. */
export function inputsVerdict(
  declarations: Declarations,
  own: Readonly<Record<string, string>>,
  workflow: string,
  most: number = MOST_INPUTS,
  asked: readonly AskedInput[] = [],
): Verdict {
  const { inputs, faults } = declarations;
  if (faults.length > 0)
    return wrong(
      `GitHub refuses ${workflow}: ${faults.map(({ fault }) => fault).join('; ')}`,
      faults.map(({ mend }) => mend ?? '').join(' '),
    );
  if (inputs.size > most)
    return wrong(
      `GitHub refuses ${workflow}: it declares ${inputs.size} inputs, and GitHub here takes ${most}`,
      `Declare no more than ${most}, three of them ${inWords(OURS)}.`,
    );
  const given = [...OURS, ...Object.keys(own)];
  const all = given.length + asked.length;
  const where = asked.length > 0 ? 'production.inputs and production.ask' : 'production.inputs';
  if (all > most)
    return wrong(
      `GitHub would refuse the start: it gives ${all} inputs, and GitHub here takes ${most}`,
      `Leave no more than ${most - OURS.length} in ${where} of the config.`,
    );
  return agreement(declarations, own, given, workflow, asked);
}

function agreement(
  { inputs: declared, types, doubts: odd }: Declarations,
  own: Readonly<Record<string, string>>,
  given: readonly string[],
  workflow: string,
  asked: readonly AskedInput[],
): Verdict {
  const names = [...given, ...asked.map(({ input }) => input)];
  const sure = [...given, ...alwaysGiven(asked)].map((name) => name.toLowerCase());
  const misfit = askedMisfits({ inputs: declared, types }, asked, workflow);
  const undeclared = names.filter((name) => !declared.has(name.toLowerCase()));
  const unfilled = [...declared]
    .filter(([name, { required, hasDefault }]) => required && !hasDefault && !sure.includes(name))
    .map(([name]) => name);
  const typed = Object.entries(own).map(([name, value]) => ({ name, value, type: types.get(name.toLowerCase()) }));
  const refused = typed.filter(({ name, value }) => {
    const options = declared.get(name.toLowerCase())?.options;
    return options && !options.includes(value);
  });
  const unbooled = typed.filter(({ type, value }) => type === 'boolean' && !/^(?:true|false)$/i.test(value));
  const misfits = OURS.filter((name) => ['choice', 'boolean', 'number'].includes(types.get(name) ?? ''));
  const found = [
    ...(undeclared.length > 0 ? [`${inWords(undeclared)} not declared`] : []),
    ...(unfilled.length > 0 ? [`${inWords(unfilled)} required but not given`] : []),
    ...refused.map(({ name, value }) => `${name}: ${value} is not one of its options`),
    ...unbooled.map(({ name, value }) => `${name}: ${value} is not true or false`),
    ...misfits.map((name) => `${name} is a ${types.get(name)}, and is given a text`),
    ...misfit.found,
  ];
  const mend = [
    ...(misfits.length > 0 ? [`Give ${inWords(misfits)} type: string in ${workflow}.`] : []),
    ...(undeclared.length > 0
      ? [`Declare ${inWords(undeclared)} under on.workflow_dispatch.inputs of ${workflow}.`]
      : []),
    ...(unfilled.length > 0
      ? [
          `Give ${inWords(unfilled)} a default there, or a value in production.inputs${asked.length > 0 ? ', or a default in production.ask,' : ''} of the config.`,
        ]
      : []),
    ...(refused.length > 0 ? ['Set it to one of its options in production.inputs of the config.'] : []),
    ...(unbooled.length > 0
      ? [`Set ${inWords(unbooled.map(({ name }) => name))} to true or false in production.inputs of the config.`]
      : []),
    ...misfit.mend,
  ];
  if (found.length > 0) return wrong(`GitHub would refuse the start: ${found.join('; ')}`, mend.join(' '));
  const unnumbered = typed.filter(({ type, value }) => type === 'number' && Number.isNaN(Number(value || '-')));
  const doubts = [
    ...odd,
    ...OURS.flatMap((name) =>
      types.get(name) === 'environment' ? [`${name} is given a text, and has the type environment`] : [],
    ),
    ...unnumbered.map(({ name, value }) => `${name} is a number, and production.inputs gives it ${value}`),
  ];
  if (doubts.length > 0) return skipped(`GitHub may refuse ${workflow}, look there: ${doubts.join('; ')}`);
  return ok(inWords(names));
}
