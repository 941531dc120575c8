import type { Pace } from '../../src/core/service/pace.js';
import { cardMessage } from '../../src/slack/views/card.js';
import { askDeployAt } from '../../src/slack/views/deploy-at.js';
import { doneMessage } from '../../src/slack/views/done.js';
import { statusMessage } from '../../src/slack/views/status.js';
import { type Step, storyMessage } from '../../src/slack/views/story.js';
import { card, deployment, minutesAgo, names, newer, shaOf, status } from './given.js';
import { seen } from './reading.js';

/** What people read of a pace, and of a time that was named. Now is 2026-11-23 09:00 UTC. */

const pace: Pace = {
  ...{ gate: 'paced', reason: 'at least 30 min between two deployments' },
  ...{ since: minutesAgo(10), after: shaOf('9'), until: minutesAgo(-20), everyMs: 1_800_000 },
};
const WHY =
  'not before 2026-11-23 09:20 UTC: at least 30 min pass between two deployments, and 9999999 was sent 2026-11-23 08:50 UTC';
const page = (given: Parameters<typeof status>[0]) => ({
  ...{ statuses: [status(given)], names, page: 1, pages: 1, services: 1, active: 1, queued: 1, waiting: 1 },
});

test('a card that keeps the pace says until when, why, and what it counts from', () => {
  const queued = { is: 'queued', deployment: deployment('queued'), place: 1, behind: null, pace } as const;
  expect(seen(cardMessage(card(queued)).blocks)).toContain(WHY.replace('not', 'Not'));
});

test('a card for a time says which freeze it meets, and which of two times it is', () => {
  const at = new Date('2026-10-25T01:30:00Z');
  const frozen = { reason: 'Stocktaking', since: at, until: new Date('2026-10-25T05:00:00Z') };
  const state = { is: 'queued for', deployment: deployment('queued', { startAt: at }), at, mayGo: true } as const;
  const words = (over: typeof frozen | null) => seen(cardMessage(card({ ...state, frozen: over })).blocks);
  expect(words(null)).toContain('The clocks of Europe/Berlin show 02:30 twice in that night; this is the second time');
  expect(words(frozen)).toContain('Then it waits for the end of a freeze: Stocktaking, until 2026-10-25 05:00 UTC');
});

test('status says both', () => {
  const later = { deployment: deployment('queued', { startAt: minutesAgo(-60) }), change: newer };
  const words = seen(statusMessage(page({ pace, scheduled: [later] }), 'Europe/Berlin').blocks);
  expect(words).toContain(`the next starts ${WHY}`);
  expect(words).toContain('queued for 2026-11-23 10:00 UTC: bbbbbbb “Newer title” · requested by Alice');
});

test.each([
  ['2026-12-24T08:30:00Z', 'Thu 24 Dec 2026, 09:30 UTC+01:00 (Europe/Berlin)', null],
  ['2026-03-29T01:00:00Z', 'Sun 29 Mar 2026, 03:00 UTC+02:00', 'go forward from 02:00 to 03:00.'],
  ['2026-10-25T00:30:00Z', 'Sun 25 Oct 2026, 02:30 UTC+02:00', '02:30 twice in that night; this is the first time.'],
])('the answer repeats the time that was understood: %s', (instant, time, note) => {
  const at = new Date(instant);
  const asked = { service: 'shop', change: newer, mayReplace: false } as const;
  const of = deployment('queued', { startAt: at });
  for (const { text } of [
    doneMessage({ is: 'accepted', ...asked, deployment: of }, names, 'Europe/Berlin'),
    askDeployAt('shop', newer, at, 'Europe/Berlin'),
  ]) {
    expect(text).toContain(time);
    if (note) expect(text).toContain(note);
  }
});

test('the line that it asks to be typed names the same instant', () => {
  const { text } = askDeployAt('shop', newer, new Date('2026-12-24T08:30:00Z'), 'Europe/Berlin');
  expect(text).toContain('/release deploy shop bbbbbbb at 2026-12-24 09:30');
});

test('the thread tells the numbers, the time, and who moved it', () => {
  const step = (kind: Step['kind'], detail: Step['detail'], reason: string | null = null): Step => ({
    ...{ seq: 1, at: minutesAgo(0), actor: 'U0ALICE', kind, reason, sha: shaOf('a'), detail, deploymentId: 5 },
    ...{ what: 'deploy', status: 'queued', requestedBy: 'U0ALICE', requestedAt: minutesAgo(1), runUrl: null },
    ...{ elsewhere: false, calledBefore: false, agoMs: 0, calls: [], tickets: [] },
  });
  const start_at = minutesAgo(-60).toISOString();
  const numbers = { every_ms: 1_800_000, after: shaOf('9'), sent_at: minutesAgo(10).toISOString() };
  const waits = { gate: 'paced', by: null, ...numbers, until: minutesAgo(-20).toISOString() };
  const steps = [
    step('requested', { start_at }),
    step('waits', waits, 'paced: at least 30 min between two deployments'),
    step('time changed', { start_at }),
    step('brought forward', {}),
  ];
  const words = seen(storyMessage(steps, names, 'UTC').blocks);
  expect(words).toContain('Alice requested a deployment for 2026-11-23 10:00 UTC');
  expect(words).toContain(`Waiting, ${WHY}`);
  expect(words).toContain('Alice moved it: queued for 2026-11-23 10:00 UTC');
  expect(words).toContain('Alice brought it forward');
});
