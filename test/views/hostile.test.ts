import type { Change } from '../../src/core/change/change.js';
import { cardMessage } from '../../src/slack/views/card.js';
import { card, change, commit, deployment, ended, everyState, job, outsideRun, ships } from './given.js';
import { expectFit, objectsIn, seen } from './reading.js';
import { wideAnswers } from './wide-answers.js';

const hostile = '<!channel> *bold* <http://x|y> <@U0BOB> & `code`';

/** Every text that others write, in one card. */
function filledWith(text: string, url: string): Partial<Change> {
  const given = change();
  return {
    title: text,
    author: text,
    tickets: Array.from({ length: 50 }, (_, index) => ({ id: `${text}${index}`, url })),
    jobs: Array.from({ length: 30 }, () =>
      job(text, { conclusion: 'failure', url, failedSteps: Array.from({ length: 30 }, () => text) }),
    ),
    pullRequest: { number: 12, title: text, url, author: text },
    staging: { ...given.staging, url },
  };
}

function everyCard(text: string, url: string) {
  const commits = Array.from({ length: 250 }, (_, index) => commit('1', `${text}${index}`, { title: text, url }));
  const failed = ended('failed', {
    jobs: filledWith(text, url).jobs ?? null,
    reason: text,
    requestedBy: text,
    cancelBy: text,
    answered: wideAnswers(22, 1_000),
  });
  const drawn = everyState.map((state) => {
    const wide =
      state.is === 'passed staging'
        ? {
            ...state,
            ships: ships({ count: 4_000, commits }),
            after: ended('rejected', { reason: text, requestedBy: text }),
          }
        : state.is === 'failed in production'
          ? { ...state, deployment: failed }
          : state.is === 'superseded'
            ? { ...state, by: { ...state.by, title: text } }
            : state.is === 'deploying'
              ? {
                  ...state,
                  deployment: deployment('deploying', { jobs: filledWith(text, url).jobs ?? null, requestedBy: text }),
                }
              : state;
    const names = new Map([[text, text]]);
    const rerun = outsideRun({ actor: text, url, conclusion: text });
    return [state.is, cardMessage(card(wide, { change: change(filledWith(text, url)), names, rerun }))] as const;
  });
  return drawn;
}

test.each(everyCard(hostile, 'https://github.com/acme/shop/runs/1'))(
  'what others wrote is literal: %s',
  (_, message) => {
    expectFit(message);
    expect(seen(message.blocks)).toContain(hostile);
    expect(message.text).toContain('&lt;!channel&gt; *bold* &lt;http://x|y&gt;');
  },
);

test.each(everyCard('\u{1F680}'.repeat(2_500), `https://github.com/${'x'.repeat(5_000)}`))(
  'five thousand of everything fits: %s',
  (_, message) => {
    expectFit(message);
    expect(message.text).not.toMatch(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])/);
  },
);

test.each(everyCard('&<>'.repeat(2_000), 'javascript:alert(1)'))('nothing but http is a link: %s', (_, message) => {
  expectFit(message);
  expect(objectsIn(message.blocks).filter((one) => String(one.url ?? '').startsWith('javascript'))).toEqual([]);
});

test('an empty or invisible title still has words, and cannot turn the line around', () => {
  const drawn = (title: string) =>
    cardMessage(
      card(
        { is: 'passed staging', ships: null, after: null, rolledBack: null, stands: { is: 'ready' } },
        { change: change({ title }) },
      ),
    );
  expectFit(drawn(''));
  expectFit(drawn('\u0000\n\t'));
  expect(seen(drawn('a\u202Eb\nc').blocks)).toContain('shop · ab c');
});
