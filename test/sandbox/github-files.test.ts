import type { GitHubStandIn } from '../../sandbox/github/github.js';
import { client, shop, startShop } from './github-setup.js';

let github: GitHubStandIn;
beforeEach(async () => {
  github = await startShop({ limits: 'off' });
});
afterEach(() => github.stop());

const files = (count: number) => Array.from({ length: count }, (_, n) => `vendor/${n}.js`);

test('a commit has its files: three hundred at once, else by pages with links, and never more than three thousand', async () => {
  const { sha } = await github.push('acme/shop', { title: 'Vendor', files: files(3_050) });
  const { rest } = client(github);
  const plain = await rest.repos.getCommit({ ...shop, ref: sha });
  expect(plain.data.files).toHaveLength(300);
  const last = await rest.repos.getCommit({ ...shop, ref: sha, per_page: 100, page: 30 });
  expect(last.data.files?.at(-1)).toMatchObject({ filename: 'vendor/2999.js', status: 'modified' });
  expect(last.headers.link).not.toContain('rel="next"');
  const first = await rest.repos.getCommit({ ...shop, ref: sha, per_page: 100 });
  expect(first.headers.link).toContain('rel="next"');
});

test('a file that moved says from where; the tree has it where it is', async () => {
  await github.push('acme/shop', { title: 'One', files: ['shop/a.ts', 'till/b.ts'] });
  const { sha } = await github.push('acme/shop', {
    title: 'Two',
    files: [{ filename: 'lib/a.ts', movedFrom: 'shop/a.ts' }],
  });
  const { rest } = client(github);
  const { data } = await rest.repos.getCommit({ ...shop, ref: sha });
  expect(data.files).toMatchObject([{ filename: 'lib/a.ts', previous_filename: 'shop/a.ts', status: 'renamed' }]);
  const tree = await rest.git.getTree({ ...shop, tree_sha: sha, recursive: '1' });
  expect(tree.data.tree.map(({ path }) => path).sort()).toEqual(['lib/a.ts', 'till/b.ts']);
});
