import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Every document for users and for those who carry Pushbutton on. */
const names = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...readdirSync('docs').flatMap((name) => (name.endsWith('.md') ? path.posix.join('docs', name) : [])),
];
export const documents = names.map((name) => ({ name, text: readFileSync(name, 'utf8') }));

export const textOf = (name: string): string => documents.find((one) => one.name === name)?.text ?? '';

/** The fenced blocks of a language, without the indentation of the list they stand in. */
export const blocks = (text: string, language: string): string[] =>
  [...text.matchAll(new RegExp(`^( *)\`\`\`${language}\\n(.*?)^ *\`\`\``, 'gms'))].map((match) =>
    (match[2] ?? '').replace(new RegExp(`^${match[1]}`, 'gm'), ''),
  );

/** The languages of all fenced blocks; '' where none is named. */
export const languagesIn = (text: string): string[] =>
  [...text.matchAll(/^ *```(\w*)\n.*?^ *```/gms)].map((match) => match[1] ?? '');

/** The commands in the blocks of a shell, a line each. */
export const commandsIn = (text: string): string[] =>
  blocks(text, 'sh').flatMap((block) => block.split('\n').filter((line) => line !== ''));

/** What stands under a heading of the second level, down to the next. */
export function section(text: string, heading: string): string {
  const found = text.split(/^## /m).find((one) => one.startsWith(`${heading}\n`));
  if (found === undefined) throw new Error(`there is no chapter ${heading}`);
  return found.slice(heading.length + 1);
}

/** The rows of the table that begins with this row of headings, as their cells. */
export function table(text: string, heading: string): string[][] {
  const lines = text.split('\n').map((line) => line.trim());
  const first = lines.indexOf(heading);
  if (first < 0) throw new Error(`no table begins with ${heading}`);
  const after = lines.slice(first + 2);
  const length = after.findIndex((line) => !line.startsWith('|'));
  return after.slice(0, length).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** What stands in backticks. */
export const codeIn = (text = ''): string[] => [...text.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '');

/** The anchors of the headings, as GitHub makes them of plain words. */
export const anchors = (text: string): string[] =>
  [...text.matchAll(/^#+ (.+)$/gm)].map((match) =>
    (match[1] ?? '')
      .toLowerCase()
      .replace(/[^\w\s-]/g, '')
      .replaceAll(' ', '-'),
  );
