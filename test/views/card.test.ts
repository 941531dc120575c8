import type { CardState } from '../../src/core/card.js';
import type { Standing } from '../../src/core/standing.js';
import { cardMessage } from '../../src/slack/views/card.js';
import {
  card,
  change,
  deployment,
  ended,
  everyState,
  job,
  minutesAgo,
  newer,
  outsideRun,
  red,
  shaOf,
  ships,
  staging,
  standings,
} from './given.js';
import { buttonsIn, expectFit, seen } from './reading.js';

const expected: Record<CardState['is'], { words: string; buttons: string[] }> = {
  'staging runs again': { words: 'staging runs again', buttons: [] },
  'waits for results': { words: 'waits for results', buttons: [] },
  'failed staging': { words: 'failed staging', buttons: ['Re-run change-key'] },
  'passed staging': { words: 'passed staging', buttons: ['Deploy change-key', 'What ships change-key'] },
  superseded: { words: 'superseded by bbbbbbb', buttons: [] },
  'waiting for approval': {
    words: 'waiting for approval',
    buttons: ['Approve deployment-key', 'Reject deployment-key', 'Withdraw deployment-key'],
  },
  queued: { words: 'queued, place 2 behind ccccccc', buttons: ['Withdraw deployment-key'] },
  'queued for': { words: 'queued for', buttons: ['Withdraw deployment-key', 'Deploy now change-key'] },
  dispatching: { words: 'starting', buttons: [] },
  unknown: { words: 'unknown, looking it up', buttons: [] },
  deploying: { words: 'deploying', buttons: ['Cancel deployment-key'] },
  hung: { words: 'hung since', buttons: ['Cancel deployment-key'] },
  live: { words: 'live since', buttons: ['Roll back deployment-key'] },
  'live until an outside run': { words: 'outside Pushbutton', buttons: [] },
  'failed in production': {
    words: 'failed in production',
    buttons: ['Retry deployment-key', 'Roll back deployment-key'],
  },
  lost: { words: 'lost', buttons: ['Retry deployment-key'] },
  baking: {
    words: 'baking in canary until',
    buttons: ['Continue deployment-key:canary-key', 'Stop here deployment-key:canary-key', 'Roll back deployment-key'],
  },
  stopped: { words: 'stopped at canary by Bob', buttons: ['Retry deployment-key', 'Roll back deployment-key'] },
  'rolling back': { words: 'rolling back to 9999999', buttons: [] },
};

const words = (state: CardState, given = {}) => seen(cardMessage(card(state, given)).blocks);
const buttons = (state: CardState) => buttonsIn(cardMessage(card(state)).blocks);

test('the table names every state', () => {
  expect(everyState.map(({ is }) => is).sort()).toEqual(Object.keys(expected).sort());
});

describe.each(everyState.map((state) => [state.is, state] as const))('a card: %s', (is, state) => {
  const { text, blocks } = cardMessage(card(state));

  test('says its state in the words that are promised, seen and read out', () => {
    expect(seen(blocks)).toContain(expected[is].words);
    expect(text).toContain(expected[is].words);
  });

  test('has exactly its buttons, each with an opaque key and nothing else', () => {
    expect(buttonsIn(blocks).map(({ label, value }) => `${label} ${value}`)).toEqual(expected[is].buttons);
  });

  test('names its own SHA and title before any other', () => {
    expect(text).toMatch(/^shop aaaaaaa “Add prices” /);
    expect(seen(blocks)).toMatch(/^shop · Add prices\naaaaaaa by octo-ada · #12/);
  });

  test('is accepted by Slack', () => expectFit(cardMessage(card(state))));
  test('shows a re-run made in GitHub', () => {
    const rerun = outsideRun({ attempt: 2, deploymentId: 5 });
    expect(words(state, { rerun })).toContain('re-run, attempt 2 on GitHub by octo-eve');
  });
});

test('a passed card reads out as a sentence with what would ship', () => {
  expect(
    cardMessage(card({ is: 'passed staging', ships: ships(), after: null, rolledBack: null, stands: { is: 'ready' } }))
      .text,
  ).toBe('shop aaaaaaa “Add prices” passed staging. 3 changes would ship, by octo-ada and bo, on top of 9999999.');
});

test.each([
  [ships(), 'Deploy shop aaaaaaa to production? 3 changes ship.'],
  [ships({ count: 1 }), 'Deploy shop aaaaaaa to production? 1 change ships.'],
  [ships({ count: 1, from: null }), 'Deploy shop aaaaaaa to production? It is the first deployment: 1 change ships.'],
  [null, 'Deploy shop aaaaaaa to production? GitHub has not said how many changes ship.'],
])('Deploy asks first, naming service, SHA and count', (counted, question) => {
  const [deploy] = buttons({
    is: 'passed staging',
    ships: counted,
    after: null,
    rolledBack: null,
    stands: { is: 'ready' },
  });
  expect(deploy).toMatchObject({ label: 'Deploy', style: 'primary', confirm: question });
});

test('nothing known live is a first deployment, also after a run outside', () => {
  const first = ships({ count: 1, from: null });
  expect(
    words({ is: 'passed staging', ships: first, after: null, rolledBack: null, stands: { is: 'ready' } }),
  ).toContain('first deployment');
  const after = words({
    is: 'passed staging',
    ships: { ...first, outside: true },
    after: null,
    rolledBack: null,
    stands: { is: 'ready' },
  });
  expect(after).toContain('first deployment');
  expect(after).toContain('outside Pushbutton');
});

test.each([
  [ended('withdrawn'), 'passed staging · withdrawn by Alice'],
  [
    ended('rejected', { reason: 'not on the branch: aaaaaaa' }),
    'passed staging · rejected: not on the branch: aaaaaaa',
  ],
  [ended('cancelled', { cancelBy: 'U0BOB' }), 'passed staging · cancelled by Bob'],
  [ended('cancelled'), 'passed staging · cancelled on GitHub'],
  [ended('expired', { reason: 'no answer from github' }), 'passed staging · expired: no answer from github'],
])('an end that left the change deployable stands beside Deploy', (after, line) => {
  expect(words({ is: 'passed staging', ships: ships(), after, rolledBack: null, stands: { is: 'ready' } })).toContain(
    line,
  );
});

test('a failed staging names the failing jobs and steps, and the counts', () => {
  const blocks = words({ is: 'failed staging', rerunAsked: false });
  expect(blocks).toContain('412 tests, 3 failed, 2 skipped');
  expect(blocks).toContain('unit: Run the tests');
  expect(blocks).not.toContain('build: ');
});

test('a re-run that was asked for takes the button away', () => {
  expect(buttons({ is: 'failed staging', rerunAsked: true })).toEqual([]);
});

test('at most five failing jobs with three steps each are listed', () => {
  const jobs = Array.from({ length: 8 }, (_, index) =>
    job(`job-${index}`, { conclusion: 'failure', failedSteps: ['one', 'two', 'three', 'four', 'five'] }),
  );
  const drawn = words({ is: 'failed staging', rerunAsked: false }, { change: red({ jobs }) });
  expect(drawn).toContain('job-4: one, two, three, and 2 more steps');
  expect(drawn).not.toContain('job-5');
  expect(drawn).toContain('and 3 more');
});

test.each([
  [
    'github rate limit',
    "GitHub's rate limit: nothing was started; it will be sent automatically, not before 2026-11-23 08:59 UTC",
  ],
  ['slack', 'Slack does not answer'],
  ['github', 'GitHub does not answer'],
  [{ githubRefuses: 'Not <found> (404)' }, 'GitHub refuses a check needed before the start: Not <found> (404)'],
] as const)('a queued card says what it waits for: %s', (waitsFor, line) => {
  const queued = deployment('queued', { waitsFor, notBefore: minutesAgo(1) });
  expect(words({ is: 'queued', deployment: queued, place: 1, behind: null, pace: null })).toContain(line);
});

test('a dispatch that GitHub refused shows its message', () => {
  const refused = ended('failed', { run: null, reason: 'Workflow does not have `workflow_dispatch`' });
  expect(words({ is: 'failed in production', deployment: refused, rollBackTo: null, after: null })).toContain(
    'GitHub refused to start it: Workflow does not have `workflow_dispatch`',
  );
  expect(buttons({ is: 'failed in production', deployment: refused, rollBackTo: null, after: null })).toHaveLength(1);
});

test('what deploys itself has Hold in the place of Withdraw, which is for who asked', () => {
  const own = { requestedBy: 'pushbutton' };
  const queued = { is: 'queued', deployment: deployment('queued', own), place: 1, behind: null, pace: null } as const;
  expect(buttons(queued).map(({ label, value }) => `${label} ${value}`)).toEqual(['Hold change-key']);
  const waiting = {
    is: 'waiting for approval',
    deployment: deployment('waiting', own),
    ships: null,
    undoes: null,
  } as const;
  expect(buttons(waiting).map(({ label }) => label)).toEqual(['Approve', 'Reject', 'Hold']);
});

test('authors are kept from approving only where the config says so, and never from a roll back', () => {
  const waiting = (kind: 'deploy' | 'roll back') =>
    ({
      is: 'waiting for approval',
      deployment: deployment('waiting', { kind, required: 1 }),
      ships: null,
      undoes: null,
    }) as const;
  expect(words(waiting('deploy'))).toContain('from Bob (authors excluded), until');
  expect(words(waiting('deploy'), { fourEyes: false })).toContain('from Bob, until');
  expect(words(waiting('roll back'))).toContain('from Bob, until');
});

test.each([
  [shaOf('9'), 'It deploys what was live before 9999999; nothing new ships'],
  [null, 'It deploys what was live before; nothing new ships'],
])('a roll back that waits for approval says what it undoes, and Approve asks about that', (undoes, line) => {
  const back = deployment('waiting', { kind: 'roll back', required: 1 });
  const waiting = { is: 'waiting for approval', deployment: back, ships: null, undoes } as const;
  expect(words(waiting)).toContain(line);
  const question =
    'Approve the rollback of shop to aaaaaaa? It deploys what was live before; nothing new ships. This approves nothing else.';
  expect(buttons(waiting)[0]).toMatchObject({ label: 'Approve', confirm: question });
});

test('while GitHub is silent, a card with Deploy says that it works; one without does not', () => {
  const passed = (stands: Standing) =>
    words({ is: 'passed staging', ships: null, after: null, rolledBack: null, stands });
  const silent = 'GitHub has not said how many changes would ship';
  for (const stands of standings) {
    const offers = stands.is !== 'shut' && stands.is !== 'bad' && stands.is !== 'paused';
    expect(passed(stands).includes(`${silent}. Deploy works all the same`)).toBe(offers);
    expect(passed(stands)).toContain(silent);
  }
});

test('what waits for approval says which gates it will wait for, and a roll back passes a freeze', () => {
  const frozen = { gate: 'frozen', reason: 'Fair', since: minutesAgo(9), until: minutesAgo(-9) } as const;
  const waiting = (kind: 'deploy' | 'roll back') =>
    ({
      is: 'waiting for approval',
      deployment: deployment('waiting', { kind, required: 1 }),
      ships: null,
      undoes: null,
    }) as const;
  expect(words(waiting('deploy'), { gates: [frozen] })).toContain('Once approved, it waits: frozen: Fair');
  expect(words(waiting('roll back'), { gates: [frozen] })).not.toContain('Once approved, it waits');
});

test('a failed card whose change was marked bad says so in the place of Retry', () => {
  const hold = { by: 'U0BOB', reason: 'Loses orders', at: minutesAgo(1) };
  const failed = { is: 'failed in production', deployment: ended('failed'), rollBackTo: null, after: null } as const;
  const drawn = cardMessage(card(failed, { change: { ...change(), hold } }));
  expect(buttonsIn(drawn.blocks)).toEqual([]);
  expect(seen(drawn.blocks)).toContain('Marked bad by Bob: Loses orders');
});

test('a channel that other organisations read has no Deploy, and says what to type', () => {
  const passed = (stands: Standing) =>
    cardMessage(
      card({ is: 'passed staging', ships: ships(), after: null, rolledBack: null, stands }, { shared: true }),
    );
  for (const stands of standings) {
    const { blocks } = passed(stands);
    expect(buttonsIn(blocks).map(({ label }) => label)).not.toContain('Deploy');
    expect(buttonsIn(blocks).map(({ label }) => label)).not.toContain('Deploy now');
  }
  expect(seen(passed({ is: 'ready' }).blocks)).toContain('a deployer can type /release deploy shop aaaaaaa');
});

test('a first live card has no Roll back; Roll back says where it leads', () => {
  const live = { is: 'live', deployment: ended('live'), since: minutesAgo(1) } as const;
  expect(buttons({ ...live, rollBackTo: null })).toEqual([]);
  expect(buttons({ ...live, rollBackTo: ended('live', { sha: shaOf('9') }) })).toMatchObject([
    { style: 'danger', confirm: 'Roll back shop aaaaaaa in production? This deploys 9999999 again.' },
  ]);
});

test('a live card tells a roll back and a cancel that came too late', () => {
  const deploymentOf = ended('live', { kind: 'roll back', cancelBy: 'U0BOB' });
  const drawn = words({ is: 'live', deployment: deploymentOf, since: minutesAgo(1), rollBackTo: null });
  expect(drawn).toContain('restored by Alice');
  expect(drawn).toContain('Cancel requested by Bob, too late');
});

test('a further attempt in staging is told', () => {
  const again = change({ staging: staging({ attempt: 3 }) });
  expect(words({ is: 'superseded', by: newer, after: null, rolledBack: null }, { change: again })).toContain(
    'staging ok in 3 min · attempt 3',
  );
});

test('a run outside blocks no Deploy: the newest change that passed offers it again', () => {
  const is = 'live until an outside run';
  const stands = { is: 'ready' } as const;
  const run = { is, deployment: ended('live'), run: outsideRun(), deployable: true, stands } as const;
  const drawn = buttons({ ...run, ships: ships({ count: 1, from: null, outside: true }) });
  expect(drawn.map(({ label }) => label)).toEqual(['Deploy', 'What ships']);
});

test('a card from which it was rolled back says where to, and by whom', () => {
  const to = ended('live', { sha: shaOf('9'), kind: 'roll back' });
  const by = { id: 9, key: 'k', sha: shaOf('9'), title: 'Older' };
  const superseded = { is: 'superseded', by, after: ended('live'), rolledBack: to } as const;
  expect(words(superseded)).toContain(`Rolled back to ${shaOf('9').slice(0, 7)} by Alice`);
});
