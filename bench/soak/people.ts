import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { buttonsIn } from '../../sandbox/slack/buttons.js';
import type { Ephemeral, Message } from '../../sandbox/slack/workspace.js';
import type { Stage } from '../stage.js';
import { chance, oneOf } from './chance.js';
import { AUTHORS, LEADS, OTHERS, SOAKED, SOAKERS, type SoakedService } from './team.js';

/** The people of a soak: they push changes and press what they see, again and again, including what is refused. */
export interface People {
  /** From now on they only finish what waits for them. */
  readonly windUp: () => void;
  readonly stop: () => Promise<void>;
}

interface Seen {
  readonly message: Message;
  readonly buttons: readonly string[];
}

/** A question that waits longer is forgotten. */
const PATIENCE_MS = 30_000;
/** Cards below these are out of sight. */
const IN_SIGHT = 4;
const ALL_OF_THEM = 'Deploy all of them';

/** `tickMs`: roughly how long each service's people pause between two looks. */
export function startPeople({ slack, github }: Stage, tickMs: number): People {
  let windingUp = false;
  const ended = new AbortController();
  setMaxListeners(SOAKED.length, ended.signal);
  let pushed = 0;
  const pushedAt = new Map<string, number>();

  const click = (user: string, { message: { channel, ts } }: Seen, button: string) =>
    // The button may disappear between the look and the press.
    slack.click({ user, channel, ts, button }).catch(() => null);
  const typed = (user: string, channel: string, text: string) =>
    slack.command({ user, channel, text }).catch(() => null);

  function look(channel: string): Seen[] {
    const found: Seen[] = [];
    const { messages } = slack.workspace;
    for (let at = messages.length - 1; at >= 0 && found.length < IN_SIGHT; at -= 1) {
      const message = messages[at] as Message;
      if (message.channel !== channel || message.thread_ts !== undefined) continue;
      found.push({ message, buttons: buttonsIn(message.blocks).map((one) => one.text) });
    }
    return found;
  }

  /** Anyone asked to confirm the number of changes says yes. */
  async function confirm(channel: string): Promise<boolean> {
    const since = Date.now() - PATIENCE_MS;
    const { ephemerals } = slack.workspace;
    for (let at = ephemerals.length - 1; at >= 0; at -= 1) {
      const asked = ephemerals[at] as Ephemeral;
      if (asked.at < since) return false;
      if (asked.channel !== channel || !buttonsIn(asked.blocks).some((one) => one.text === ALL_OF_THEM)) continue;
      await slack.click({ user: asked.user, channel, ts: asked.ts, button: ALL_OF_THEM }).catch(() => null);
      return true;
    }
    return false;
  }

  /** Once, twice by one person, or by two at once. */
  async function press(seen: Seen, button: string, who: readonly string[]): Promise<void> {
    const by = oneOf(who);
    const more = chance(0.15) ? [by] : chance(0.15) ? [oneOf(who)] : [];
    await Promise.all([by, ...more].map((user) => click(user, seen, button)));
  }

  async function reject(seen: Seen): Promise<void> {
    const user = oneOf(LEADS);
    await click(user, seen, 'Reject');
    await sleep(300);
    const view = slack.modals(user).at(-1);
    if (view) await slack.submit({ user, viewId: view.id, values: { reason: 'Not before the meeting' } });
  }

  async function push({ repository }: SoakedService): Promise<void> {
    pushedAt.set(repository, Date.now());
    pushed += 1;
    const login = oneOf(AUTHORS);
    const author = { login, name: login, email: `${login}@acme.test` };
    await github.push(repository, { title: `Change ${pushed}`, author, ...(chance(0.5) && { pullRequest: true }) });
  }

  async function ask({ name, channel }: SoakedService, seen: Seen[]): Promise<void> {
    const user = oneOf([...SOAKERS, ...OTHERS]);
    const ships = seen.find(({ buttons }) => buttons.includes('What ships'));
    if (ships && chance(0.3)) await click(user, ships, 'What ships');
    else if (chance(0.1)) await slack.openHome({ user });
    else await typed(user, channel, oneOf([`status ${name}`, 'status', `history ${name}`, `diff ${name}`, 'digest']));
  }

  /** What somebody does on seeing these cards, newest first. */
  async function act(service: SoakedService, seen: Seen[]): Promise<unknown> {
    const having = (button: string) => seen.find(({ buttons }) => buttons.includes(button));
    const waiting = having('Approve');
    if (waiting && !windingUp && chance(0.06)) return reject(waiting);
    if (waiting && !windingUp && chance(0.06)) return press(waiting, 'Withdraw', SOAKERS);
    if (waiting) return press(waiting, 'Approve', !windingUp && chance(0.1) ? OTHERS : LEADS);
    if (windingUp) return null;
    const holding = having('Hold');
    if (holding && chance(0.3)) return press(holding, chance(0.7) ? 'Deploy now' : 'Hold', SOAKERS);
    const running = having('Cancel');
    if (running && chance(0.03)) return press(running, 'Cancel', SOAKERS);
    const paused = having('Resume');
    if (paused) return press(paused, 'Resume', SOAKERS);
    const ready = having('Deploy');
    if (ready && !running) {
      if (await confirm(service.channel)) return null;
      if (chance(0.1)) return click(oneOf(OTHERS), ready, 'Deploy');
      if (chance(0.1)) return typed(oneOf(SOAKERS), service.channel, `lock ${service.name} for 3s A look`);
      return press(ready, 'Deploy', SOAKERS);
    }
    const failed = having('Retry');
    if (failed && !running) {
      const back = failed.buttons.includes('Roll back') && chance(0.4);
      return press(failed, back ? 'Roll back' : 'Retry', SOAKERS);
    }
    const red = having('Re-run');
    if (red && chance(0.3)) return press(red, 'Re-run', [...SOAKERS, ...OTHERS]);
    const live = having('Roll back');
    if (live && !running && chance(0.08)) return press(live, 'Roll back', SOAKERS);
    const since = Date.now() - (pushedAt.get(service.repository) ?? 0);
    if (since > tickMs * (running ? 4 : 1.5)) return push(service);
    return null;
  }

  async function live(service: SoakedService): Promise<void> {
    while (!ended.signal.aborted) {
      const seen = look(service.channel);
      if (!windingUp && chance(0.08)) await ask(service, seen);
      await act(service, seen).catch(() => {});
      await sleep(tickMs * (0.5 + Math.random()), undefined, { signal: ended.signal }).catch(() => {});
    }
  }

  const lives = SOAKED.map(live);
  return {
    windUp: () => {
      windingUp = true;
    },
    stop: async () => {
      ended.abort();
      await Promise.all(lives);
    },
  };
}
