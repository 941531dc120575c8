import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
    readonly children?: readonly number[];
  }[];
  readonly samples: readonly number[];
  /** Microseconds before each sample. */
  readonly timeDeltas: readonly number[];
}

const MOST = 12;
const NODE = 'Node itself';

/** Where the product was busy, over all CPU profiles in a folder, as a Markdown table: largest shares first. */
export async function whereTimeWent(folder: string): Promise<string> {
  const spent = new Map<string, number>();
  for (const name of await readdir(folder)) {
    if (!name.endsWith('.cpuprofile')) continue;
    const profile = JSON.parse(await readFile(path.join(folder, name), 'utf8')) as CpuProfile;
    for (const [where, micros] of busy(profile)) spent.set(where, (spent.get(where) ?? 0) + micros);
  }
  const all = [...spent.values()].reduce((sum, one) => sum + one, 0);
  const rows = [...spent].sort((a, b) => b[1] - a[1]).slice(0, MOST);
  const lines = rows.map(([where, micros]) => `| ${where} | ${Math.round((100 * micros) / all)} % |`);
  return ['| where the processor was busy | share |', '|---|---:|', ...lines].join('\n');
}

/** Self time by the origin of the code; the time of Node itself counts for the code that called it. */
export function busy({ nodes, samples, timeDeltas }: CpuProfile): Map<string, number> {
  const frames = new Map(nodes.map((node) => [node.id, node.callFrame]));
  const callers = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
  const placeFrom = (id: number | undefined): string => {
    const frame = id === undefined ? undefined : frames.get(id);
    if (id === undefined || !frame) return NODE;
    const place = placeOf(frame);
    return place === NODE ? placeFrom(callers.get(id)) : place;
  };
  const places = new Map(nodes.map(({ id }) => [id, placeFrom(id)]));
  const spent = new Map<string, number>();
  for (const [index, id] of samples.entries()) {
    const place = places.get(id);
    if (place === undefined || place === '(idle)') continue;
    spent.set(place, (spent.get(place) ?? 0) + (timeDeltas[index] ?? 0));
  }
  return spent;
}

function placeOf({ functionName, url }: CpuProfile['nodes'][number]['callFrame']): string {
  // The innermost: a package may bring its own packages.
  const from = url.lastIndexOf('/node_modules/');
  const inPackage = from < 0 ? undefined : /^\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url.slice(from))?.[1];
  if (inPackage) return inPackage;
  const own = /\/src\/([^/]+)(\/)?/.exec(url);
  if (own) return own[2] ? `src/${own[1]}` : 'src';
  // The root belongs to nobody.
  if (url.startsWith('node:') || functionName === '(root)') return NODE;
  return functionName.startsWith('(') ? functionName : NODE;
}
