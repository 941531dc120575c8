import { choosing, patternFault } from '../../../src/core/change/path-patterns.js';

/** The examples of GitHub's filter pattern cheat sheet, and what they leave open. */
test.each<[string, string[], string[]]>([
  ['*', ['README.md', 'server.rb'], ['docs/README.md']],
  ['**', ['all/the/files.md', 'README.md'], []],
  ['*.js', ['app.js', 'index.js'], ['js/app.js', 'app.jsx', 'app_js']],
  ['**.js', ['index.js', 'js/index.js', 'src/js/app.js'], ['index.ts']],
  ['docs/*', ['docs/README.md', 'docs/file.txt'], ['docs/mona/octocat.txt', 'docs']],
  ['docs/**', ['docs/README.md', 'docs/mona/octocat.txt'], ['docs', 'docs2/README.md', 'my/docs/README.md']],
  [
    'docs/**/*.md',
    ['docs/README.md', 'docs/mona/hello-world.md', 'docs/a/markdown/file.md'],
    ['docs/a/file.txt', 'docsREADME.md'],
  ],
  ['**/docs/**', ['docs/hello.md', 'dir/docs/my-file.txt', 'space/docs/plan/space.doc'], ['mydocs/hello.md']],
  ['**/README.md', ['README.md', 'js/README.md', 'a/b/README.md'], ['js/MYREADME.md', 'README.md/x']],
  ['**/*src/**', ['a/src/app.js', 'my-src/code/js/app.js'], ['src2/app.js']],
  ['**/*-post.md', ['my-post.md', 'path/their-post.md'], ['post.md']],
  ['**/migrate-*.sql', ['migrate-10909.sql', 'db/migrate-v1.0.sql', 'db/sept/migrate-v1.sql'], ['db/migrate.sql']],
  ['*.jsx?', ['page.js', 'page.jsx'], ['page.jsxx', 'page.j']],
  ['v+.txt', ['v.txt', 'vvv.txt'], ['.txt', 'vw.txt']],
  ['v[12].[0-9]+.md', ['v1.10.md', 'v2.0.md'], ['v3.0.md', 'v1..md']],
  ['[CB]at', ['Cat', 'Bat'], ['cat', 'at']],
  ['src/\\[id\\]/\\+page.ts', ['src/[id]/+page.ts'], ['src/i/+page.ts']],
  ['shop/a.b', ['shop/a.b'], ['shop/aXb', 'shop/a.b/c', 'Shop/a.b']],
  ['straße/**', ['straße/😀.md'], ['strasse/x']],
  ['^(a|b)$', ['^(a|b)$'], ['a']],
])('%s', (pattern, chosen, others) => {
  expect(patternFault(pattern)).toBeNull();
  const chooses = choosing([pattern]);
  expect(chosen.filter((path) => !chooses(path))).toEqual([]);
  expect(others.filter(chooses)).toEqual([]);
});

test('the last pattern that matches a path decides', () => {
  const chooses = choosing(['shop/**', '!shop/docs/**', 'shop/docs/api.md', 'lib/money/**']);
  expect(chooses('shop/till.ts')).toBe(true);
  expect(chooses('shop/docs/plan.md')).toBe(false);
  expect(chooses('shop/docs/api.md')).toBe(true);
  expect(chooses('lib/money/euro.ts')).toBe(true);
  expect(chooses('lib/time/zone.ts')).toBe(false);
});

test.each([
  ['', 'it is empty'],
  ['!', 'it is empty'],
  ['/shop/**', 'without / or ./'],
  ['./shop/**', 'without / or ./'],
  ['../shop/**', 'without / or ./'],
  ['shop/', 'a folder is written "shop/**"'],
  ['!shop/', 'a folder is written "!shop/**"'],
  ['shop//till', 'no path has // in it'],
  ['?hop/**', 'nothing stands before ?'],
  ['+page.ts', 'nothing stands before +'],
  ['shop/[ab', 'a [ is not closed'],
  ['shop/[]', 'is no list of letters'],
  ['shop/[!a]', 'is no list of letters'],
  ['shop/[z-a]', 'the range z-a is empty'],
  ['shop\\', 'nothing follows \\'],
])('%s is refused', (pattern, why) => {
  expect(patternFault(pattern)).toContain(why);
});

/** With a regular expression, each of these takes longer than the sun will shine. */
test.each(['**a', '*?', '**/', 'a?', '*a+'])('%s, again and again, ends on a long path', (part) => {
  const pattern = part.repeat(100);
  expect(choosing([pattern])(`${'a/'.repeat(1_000)}b`)).toBe(false);
  expect(choosing([pattern])(`${'a'.repeat(2_000)}/b`)).toBe(false);
});
