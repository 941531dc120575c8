// Draws the rooms of src/ and what they import, as Mermaid, between the two marks of docs/architecture.md. The groups are
// the chapters of that page: a room is drawn in the chapter whose table has its row.
import path from 'node:path';

const BEGIN = '<!-- Drawn by scripts/architecture.js from the imports of src/. -->';
const END = '<!-- End of what scripts/architecture.js drew. -->';

const IMPORT = /(?:^(?:import|export)\s[^;']*?from\s+|^import\s+|\bawait import\()'(\.[^']+)'/gm;

/** Files that nearly all may import and that lead nowhere: arrows to them would hide the others. */
const NOT_DRAWN = ['crash-points.ts', 'package-root.ts'];

/** What each room imports of the others; a room is a folder or a file of src/, such as `core` or `main.ts`. */
function importsOf(sources) {
  const imports = new Map();
  for (const [file, text] of sources) {
    const room = roomOf(file);
    const others = imports.get(room) ?? new Set();
    for (const [, to] of text.matchAll(IMPORT)) {
      const other = roomOf(path.posix.join(path.posix.dirname(file), to).replace(/\.js$/, '.ts'));
      if (other !== room) others.add(other);
    }
    imports.set(room, others);
  }
  return imports;
}

const roomOf = (file) => file.split('/')[1];

/** The page with the picture of these sources, `[path, text]` each, between its two marks. */
export function withPicture(page, sources) {
  const [before, rest, ...more] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (after === undefined || more.length > 0) throw new Error('docs/architecture.md needs each of the two marks once');
  return `${before}${BEGIN}\n\n\`\`\`mermaid\n${picture(chaptersOf(page), sources)}\n\`\`\`\n\n${END}${after}`;
}

/** The chapters that have rooms, each with those, in the order of the page. */
function chaptersOf(page) {
  return page
    .split(/^## /m)
    .slice(1)
    .map((text) => ({
      title: text.slice(0, text.indexOf('\n')),
      rooms: [...text.matchAll(/^\| `src\/([\w.-]+)\/?` \|/gm)].map(([, room]) => room),
    }))
    .filter(({ rooms }) => rooms.length > 0);
}

function picture(chapters, sources) {
  const imports = importsOf(sources);
  const drawn = [...imports.keys()].filter((room) => !NOT_DRAWN.includes(room));
  const groups = chapters.map(({ title, rooms }, at) => [
    `  subgraph group${at + 1} ["${title}"]`,
    ...rooms.filter((room) => drawn.includes(room)).map((room) => `    ${idOf(room)}["${labelOf(room, sources)}"]`),
    '  end',
  ]);
  const arrows = drawn.sort().flatMap((room) =>
    directly(imports, room)
      .filter((to) => drawn.includes(to))
      .map((to) => `  ${idOf(room)} --> ${idOf(to)}`),
  );
  return [
    'flowchart TB',
    '  accTitle: The rooms of src and what they import',
    '  accDescr: Each box is a folder or a file of src. An arrow leads to what it imports.',
    ...groups.flat(),
    ...arrows,
  ].join('\n');
}

/** What a room imports, without what one of those leads to anyway. */
function directly(imports, room) {
  const others = [...(imports.get(room) ?? [])];
  return others.filter((to) => !others.some((by) => by !== to && leadsTo(imports, by).has(to))).sort();
}

function leadsTo(imports, room) {
  const found = new Set(imports.get(room));
  for (const one of found) for (const next of imports.get(one) ?? []) found.add(next);
  return found;
}

const idOf = (room) => room.replace(/\W/g, '_');

/** Its name, and below it the rooms in it. */
function labelOf(room, sources) {
  const inner = sources.map(([file]) => file.split('/')).filter(([, in_, , deeper]) => in_ === room && deeper);
  const names = [...new Set(inner.map(([, , name]) => name))].sort();
  return names.length === 0 ? room : `${room}<br/>${names.join(' · ')}`;
}
