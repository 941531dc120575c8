import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { anchorOf, anchors, documents, headings, linksIn, textOf } from './support/documents.js';

/** What every page keeps to, so that a first reader finds the way. What pages say is tested in `readme.test.ts`. */

const MOST_WORDS = 1_500;
/** As `wc -w` counts them: tables and fenced blocks too. */
const wordsOf = (text: string): number => text.split(/\s+/).filter(Boolean).length;
const pages = documents.filter(({ name }) => name.startsWith('docs/'));
const isOutside = (link: string) => /^[a-z]+:/.test(link);
const targetOf = (name: string, link: string) => {
  const [file = '', anchor] = link.split('#');
  return { file: file === '' ? name : path.posix.join(path.posix.dirname(name), file), anchor };
};

test('there are pages to look at', () => expect(pages.length).toBeGreaterThanOrEqual(10));

test(`the README has at most ${MOST_WORDS} words`, () =>
  expect(wordsOf(textOf('README.md'))).toBeLessThanOrEqual(MOST_WORDS));

test('the contents of the README name each of its chapters, in order', () => {
  const [first, ...others] = headings(textOf('README.md'), 2);
  expect(first).toBe('Contents');
  const contents = textOf('README.md').match(/^- \[.+\]\(#.+\)$/gm);
  expect(contents).toEqual(others.map((heading) => `- [${heading}](#${anchorOf(heading)})`));
});

describe.each(documents)('$name', ({ name, text }) => {
  test('every link and picture leads to a file of the repository, and to a heading in it', () => {
    const dead = linksIn(text).filter((link) => {
      if (isOutside(link)) return false;
      const { file, anchor } = targetOf(name, link);
      return !existsSync(file) || (anchor !== undefined && !anchors(readFileSync(file, 'utf8')).includes(anchor));
    });
    expect(dead).toEqual([]);
  });

  test('what is in brackets is a link', () => {
    const unlinked = text.replace(/```.*?```|`[^`]*`/gs, '').match(/\[[^\]]+\](?!\(|:)/g) ?? [];
    expect(unlinked.filter((one) => !/^\[Unreleased\]$/.test(one))).toEqual([]);
  });
});

test.each(pages)('$name says in the first line below its title what it is for', ({ text }) => {
  const [title = '', empty, purpose = '', after] = text.split('\n');
  expect(title).toMatch(/^# \S/);
  expect({ empty, after }).toEqual({ empty: '', after: '' });
  expect(purpose).toMatch(/^This page [a-z]+s .+\.$/);
  expect(purpose.length).toBeLessThanOrEqual(120);
});

test('every page is reached from the README', () => {
  const reached = new Set<string>();
  const walk = (name: string) => {
    if (reached.has(name)) return;
    reached.add(name);
    for (const link of linksIn(textOf(name))) if (!isOutside(link)) walk(targetOf(name, link).file);
  };
  walk('README.md');
  expect(documents.map(({ name }) => name).filter((name) => !reached.has(name))).toEqual([]);
});

test('every picture is shown on a page', () => {
  const shown = documents.flatMap(({ name, text }) => linksIn(text).map((link) => targetOf(name, link).file));
  const pictures = readdirSync('docs/pictures', { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
  const unseen = pictures
    .map(({ parentPath, name }) => path.join(parentPath, name))
    .filter((file) => !shown.includes(file));
  expect(unseen).toEqual([]);
});

test('each finding has its line', () => {
  const lines = [...textOf('findings/README.md').matchAll(/^\| `(.+\.sh)` \|/gm)].map((line) => line[1]);
  expect(lines).toEqual(
    readdirSync('findings')
      .filter((name) => name.endsWith('.sh'))
      .sort(),
  );
});

test('both first commands stand in the README', () => {
  for (const command of ['npm ci && npm run demo', 'npm ci && npm test'])
    expect(textOf('README.md')).toContain(`| \`${command}\` |`);
});
