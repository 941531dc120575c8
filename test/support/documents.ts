import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Every document for users and maintainers. */
const names = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'findings/README.md',
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => path.posix.join('docs', ...name.split(path.sep))),
];
export const documents = names.map((name) => ({ name, text: readFileSync(name, 'utf8') }));

export const textOf = (name: string): string => documents.find((one) => one.name === name)?.text ?? '';

/** The fenced blocks of a language, without the indentation of the list they are in. */
export const blocks = (text: string, language: string): string[] =>
  [...text.matchAll(new RegExp(`^( *)\`\`\`${language}\\n(.*?)^ *\`\`\``, 'gms'))].map((match) =>
    (match[2] ?? '').replace(new RegExp(`^${match[1]}`, 'gm'), ''),
  );

/** The languages of all fenced blocks; '' if none is named. */
export const languagesIn = (text: string): string[] =>
  [...text.matchAll(/^ *```(\w*)\n.*?^ *```/gms)].map((match) => match[1] ?? '');

/** The commands in shell blocks, one per line. */
export const commandsIn = (text: string): string[] =>
  blocks(text, 'sh').flatMap((block) => block.split('\n').filter((line) => line !== ''));

/** The text under a heading of the second level, up to the next one. */
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

/** What is in backticks. */
export const codeIn = (text = ''): string[] => [...text.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '');

/** A document without its fenced blocks. */
const prose = (text: string): string => text.replace(/^ *```.*?^ *```$/gms, '');

/** The headings of a level, in order. */
export const headings = (text: string, level: number): string[] =>
  [...prose(text).matchAll(new RegExp(`^#{${level}} (.+)$`, 'gm'))].map((match) => match[1] ?? '');

/** The anchor of a heading, as GitHub makes it from plain words. */
export const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\w\s-]/g, '')
    .replaceAll(' ', '-');

/** The anchors of all headings: repeated ones are numbered from the second on. */
export function anchors(text: string): string[] {
  const seen = new Map<string, number>();
  return [...prose(text).matchAll(/^#+ (.+)$/gm)].map((match) => {
    const anchor = anchorOf(match[1] ?? '');
    const before = seen.get(anchor) ?? 0;
    seen.set(anchor, before + 1);
    return before === 0 ? anchor : `${anchor}-${before}`;
  });
}

/** The targets of a document's links and pictures, also those in its HTML, but not those written as code. */
export const linksIn = (text: string): string[] =>
  [
    ...prose(text)
      .replace(/`[^`\n]*`/g, '')
      .matchAll(/\]\(\s*<?([^)\s>]+)|<[a-z][^>]* (?:src|href)="([^"]+)"/g),
  ].map((match) => match[1] ?? match[2] ?? '');
