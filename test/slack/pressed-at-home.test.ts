import { seenHome } from '../../src/slack/pressed-at-home.js';
import { onOnePage } from '../../src/slack/service-page.js';
import { homeView } from '../../src/slack/views/home.js';
import { mine, NOW, names, status } from '../views/given.js';

/** What a press on a Home tab tells of it: which page it was, and Slack's hash. */

type View = Parameters<typeof seenHome>[0];
const drawn = (page: number) =>
  homeView({
    ...onOnePage({ statuses: [status()], names }),
    ...{ page, pages: 501, mine: mine(), at: NOW, places: new Map(), workspace: null },
  });
const seen = (view: object) => seenHome({ ...view, hash: '1764.abc' } as View);

test.each([1, 2, 501])('page %i is known from its buttons', (page) => {
  expect(seen(drawn(page))).toEqual({ page, hash: '1764.abc' });
});

test('one without such buttons is the first page, and what is no Home tab is none', () => {
  expect(seen({ type: 'home', blocks: [] })).toEqual({ page: 1, hash: '1764.abc' });
  expect(seen({ ...drawn(2), type: 'modal' })).toBeNull();
  expect(seenHome(undefined)).toBeNull();
});
