// Draws the rooms of src/ and what they import, as Mermaid, between the two marks of docs/architecture.md.
import path from 'node:path';

const BEGIN = '<!-- Drawn by scripts/architecture.js from the imports of src/. -->';
const END = '<!-- End of what scripts/architecture.js drew. -->';

const IMPORT = /(?:^(?:import|export)\s[^;']*?from\s+|^import\s+|\bawait import\()'(\.[^']+)'/gm;
/** The rooms that import no other are drawn as one: arrows to each of them would hide the others. */
const GROUND = 'ground';

/** The page with the picture of these sources, `[path, text]` each, between its two marks. */
export function withPicture(page, sources) {
  const [before, rest, ...more] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (after === undefined || more.length > 0) throw new Error('docs/architecture.md needs each of the two marks once');
  return `${before}${BEGIN}\n\n\`\`\`mermaid\n${picture(sources)}\n\`\`\`\n\n${END}${after}`;
}

function picture(sources) {
  const imports = importsOf(sources);
  const rooms = [...imports.keys()].sort();
  const isGround = (room) => imports.get(room).size === 0;
  const above = new Map(
    rooms
      .filter((room) => !isGround(room))
      .map((room) => [room, new Set([...imports.get(room)].map((to) => (isGround(to) ? GROUND : to)))]),
  );
  const box = (room) => `${idOf(room)}["${labelOf(room, sources)}"]`;
  return [
    'flowchart TB',
    '  accTitle: The rooms of src and what they import',
    '  accDescr: Each box is a folder or a file of src. An arrow leads to what it imports.',
    ...[...above.keys()].map((room) => `  ${box(room)}`),
    `  subgraph ${GROUND} ["what all of them rest on"]`,
    '    direction TB',
    ...rooms.filter(isGround).map((room) => `    ${box(room)}`),
    '  end',
    ...[...above.keys()].flatMap((room) => directly(above, room).map((to) => `  ${idOf(room)} --> ${idOf(to)}`)),
  ].join('\n');
}

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

/** What a room imports, without what one of those leads to anyway. */
function directly(imports, room) {
  const others = [...imports.get(room)];
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
