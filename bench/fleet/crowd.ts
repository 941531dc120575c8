import { setTimeout as sleep } from 'node:timers/promises';
import { buttonsIn } from '../../sandbox/slack/buttons.js';
import type { Message } from '../../sandbox/slack/workspace.js';
import { type FleetOutside, type FleetService, memberOf } from './company.js';
import type { Day } from './day.js';

/** Somebody who pressed Deploy, and pressed again when told to try again. */
export interface Presser {
  readonly user: string;
  readonly service: FleetService;
  readonly sha7: string;
  /** When each of the presses that were answered with 200 was sent. */
  readonly sent: number[];
  /** Presses that were not answered with 200. */
  unanswered: number;
}

/** Who was told to try again does so after this time, and gives up after so many presses. */
const AGAIN_MS = 10_000;
const MOST_PRESSES = 20;
/** Nobody is told to try again later than this. */
const TOLD_MS = 30_000;
const LOOK_MS = 500;
/** Who finds nothing to press waits so long for it. */
const PATIENCE_MS = 10_000;

/** Lets a day pass. Resolves with everybody who pressed, once nobody wants to press any more. */
export async function liveDay(
  { slack, github }: FleetOutside,
  services: readonly FleetService[],
  day: Day,
  events: readonly string[],
  random: () => number,
): Promise<Presser[]> {
  const byName = new Map(services.map((one) => [one.name, one]));
  const pressers: Presser[] = [];
  const pressed = new Set<string>();
  const away: Promise<unknown>[] = [];
  let pushed = 0;
  let turn = 0;

  function push(repository: string): void {
    pushed += 1;
    const author = { login: 'octocat', name: 'Octo Cat', email: 'octo@acme.test' };
    away.push(github.push(repository, { title: `Change ${pushed}`, author }));
  }

  /** The cards that can be deployed, of services that nobody has released yet. */
  function deployable(): Message[] {
    return slack.workspace.messages.filter(
      ({ text, blocks, thread_ts }) =>
        thread_ts === undefined &&
        !pressed.has(serviceIn(text)) &&
        byName.has(serviceIn(text)) &&
        buttonsIn(blocks).some((one) => one.text === 'Deploy'),
    );
  }

  async function press(): Promise<void> {
    let cards = deployable();
    for (let waited = 0; cards.length === 0 && waited < PATIENCE_MS; waited += LOOK_MS) {
      await sleep(LOOK_MS);
      cards = deployable();
    }
    const card = cards[Math.floor(random() * cards.length)];
    const service = card && byName.get(serviceIn(card.text));
    if (!card || !service) return;
    pressed.add(service.name);
    const presser: Presser = {
      ...{ user: memberOf(service.group, pressers.length), service, sha7: card.text.split(' ')[1] ?? '' },
      ...{ sent: [], unanswered: 0 },
    };
    pressers.push(presser);
    while (presser.sent.length + presser.unanswered < MOST_PRESSES) {
      slack.setEventsUrl(events[turn++ % events.length] as string);
      const where = { user: presser.user, channel: card.channel, ts: card.ts, button: 'Deploy' };
      const at = Date.now();
      const answer = await slack.click(where).catch(() => null);
      // The button is gone: somebody was quicker, or a newer change has it.
      if (!answer) return;
      if (answer.status === 200) presser.sent.push(at);
      else presser.unanswered += 1;
      if (answer.status === 200 && !(await isToldToTryAgain(presser))) return;
      await sleep(AGAIN_MS);
    }
  }

  async function isToldToTryAgain({ user, sent, service, sha7 }: Presser): Promise<boolean> {
    const since = sent.at(-1) ?? 0;
    for (let waited = 0; waited < TOLD_MS; waited += LOOK_MS) {
      if (slack.ephemerals(user).some((one) => one.at >= since)) return true;
      const started = github.runs(service.repository, `production-${service.place}.yml`);
      if (started.some((run) => run.inputs.sha?.startsWith(sha7))) return false;
      await sleep(LOOK_MS);
    }
    return false;
  }

  const began = performance.now();
  const acts = [
    ...day.pushes.map(({ atMs, repository }) => ({ atMs, act: () => push(`acme/repository-${repository}`) })),
    ...day.presses.map((atMs) => ({ atMs, act: () => void away.push(press()) })),
  ].sort((a, b) => a.atMs - b.atMs);
  for (const { atMs, act } of acts) {
    const left = atMs - (performance.now() - began);
    if (left > 0) await sleep(left);
    act();
  }
  await Promise.all(away);
  return pressers;
}

/** The text of a card begins with the name of its service. */
const serviceIn = (text: string): string => text.slice(0, text.indexOf(' '));
