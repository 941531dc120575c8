import { blockOn, type Surface } from './blocks.js';
import { boolean, type Check, every, isJson, list, object, oneOf, type Report, string } from './check.js';
import { plainText } from './text.js';

const unique: Check = (value, path, report) => {
  if (!Array.isArray(value)) return;
  const seen = new Set<string>();
  for (const [index, block] of value.entries()) {
    if (!isJson(block)) continue;
    const id = block.block_id;
    if (typeof id === 'string' && seen.has(id)) report(`block_id already exists: ${id}`, `${path}/${index}/block_id`);
    if (typeof id === 'string') seen.add(id);
    uniqueActions(block, `${path}/${index}`, report);
  }
};

function uniqueActions(block: Record<string, unknown>, path: string, report: Report): void {
  if (!Array.isArray(block.elements)) return;
  const seen = new Set<unknown>();
  for (const [index, element] of block.elements.entries()) {
    const id = isJson(element) ? element.action_id : undefined;
    if (id === undefined) continue;
    if (seen.has(id)) report(`action_id already exists: ${String(id)}`, `${path}/elements/${index}/action_id`);
    seen.add(id);
  }
}

function atMost(type: string, max: number, problem: string): Check {
  return (value, path, report) => {
    if (!Array.isArray(value)) return;
    const places = value.flatMap((block, index) => (isJson(block) && block.type === type ? [index] : []));
    const excess = places[max];
    if (excess !== undefined) report(problem, `${path}/${excess}`);
  };
}

const maximum: Record<Surface, number> = { message: 50, modal: 100, home: 100 };

function blocks(surface: Surface): Check {
  return every(
    list(blockOn(surface), maximum[surface], 0),
    unique,
    atMost('table', 1, 'only_one_table_allowed'),
    atMost('data_visualization', 2, 'no more than 2 data_visualization blocks allowed'),
  );
}

const noInputWithoutSubmit: Check = (value, path, report) => {
  if (!isJson(value) || !Array.isArray(value.blocks) || value.submit !== undefined) return;
  if (value.blocks.some((block) => isJson(block) && block.type === 'input'))
    report('missing required field: submit', path);
};

const shared = { private_metadata: string(3000, 0), callback_id: string(255), external_id: string(255) };

const modal = every(
  object(
    { title: plainText(24), blocks: blocks('modal') },
    {
      ...shared,
      submit: plainText(24),
      close: plainText(24),
      clear_on_close: boolean,
      notify_on_close: boolean,
      submit_disabled: boolean,
      type: oneOf('modal'),
    },
  ),
  noInputWithoutSubmit,
);

const home = object({ blocks: blocks('home') }, { ...shared, type: oneOf('home') });

function run(check: Check, value: unknown, path: string): string[] {
  const problems: string[] = [];
  check(value, path, (problem, at) => problems.push(`[ERROR] ${problem} [json-pointer:${at}]`));
  return problems;
}

/**
 * What Slack would refuse in the blocks of that surface, in the words of its `response_metadata.messages`; empty if
 * nothing. The limits are those of the Block Kit reference (docs.slack.dev/reference/block-kit); where sources differ,
 * the stricter one applies.
 */
export function problemsInBlocks(value: unknown, surface: Surface): string[] {
  return run(blocks(surface), value, '/blocks');
}

/** The same for a whole view, modal or home. */
export function problemsInView(value: unknown): string[] {
  if (!isJson(value)) return ['[ERROR] must provide an object [json-pointer:/view]'];
  if (JSON.stringify(value).length > 250_000) return ['[ERROR] view is too large [json-pointer:/view]'];
  if (value.type === 'modal') return run(modal, value, '/view');
  if (value.type === 'home') return run(home, value, '/view');
  return ['[ERROR] must be a valid enum value (modal, home) [json-pointer:/view/type]'];
}
