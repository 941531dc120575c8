import { CONFIG, type Installation, install } from '../support/installation.js';

let shop: Installation;
beforeEach(async () => {
  shop = await install();
});
afterEach(() => shop.stop());

const of = (check: string, config?: string) => shop.verdict(`service.shop.${check}`, config);

describe('the paths', () => {
  const withPaths = (paths: string) =>
    CONFIG.replace('repository: acme/shop', `repository: acme/shop\n    paths: ${paths}`);

  test('that each match a file of the branch', async () => {
    await shop.github.push('acme/shop', { title: 'One', files: ['shop/a.ts', 'shop/docs/b.md', 'till/c.ts'] });
    expect(await of('paths', withPaths('[shop/**, "!shop/docs/**", "!old/**"]'))).toBe('ok: 1 of the 3 files on main');
  });
  test('of which one matches none are mistyped', async () => {
    await shop.github.push('acme/shop', { title: 'One', files: ['shop/a.ts'] });
    expect(await of('paths', withPaths('[shop/**, lib/mony/**]'))).toMatch(
      /^wrong: no file on main matches lib\/mony\/\*\*\. Correct paths for shop in the config/,
    );
  });
  test('cannot be judged by a list of files that GitHub cuts', async () => {
    const body = { truncated: true, tree: [{ path: 'shop/a.ts', type: 'blob' }] };
    shop.github.fail('tree', { kind: 'status', status: 200, body }, 2);
    expect(await of('paths', withPaths('[shop/**]'))).toMatch(/^ok/);
    expect(await of('paths', withPaths('[lib/**]'))).toMatch(/^skipped: acme\/shop has more files than GitHub lists/);
  });
});
