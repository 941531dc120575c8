import type { Item, Shown } from '../../sandbox/demo/shown.js';
import { buttonsIn } from '../../sandbox/slack/buttons.js';
import { plainText } from '../../sandbox/slack/reading.js';
import { until } from './until.js';

/** The answer to an action. */
export interface Acted {
  status: number;
  body: { shas?: string[]; failedWith?: string; error?: string };
}

/** A card as a person reads it. */
export interface Card extends Item {
  words: string;
  buttons: string[];
}

const patienceMs = 40_000;

/** A person in front of the demo's page, without the page: the same addresses over HTTP. */
export function person(address: string, user: string) {
  const state = async (): Promise<Shown> => {
    const answer = await fetch(`${address}/api/state?user=${user}`);
    if (answer.status !== 200) throw new Error(`the state answers ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as Shown;
  };
  const act = async (action: string, body: object): Promise<Acted> => {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${address}/api/${action}`, { method: 'POST', headers, body: JSON.stringify(body) });
    return { status: answer.status, body: (await answer.json()) as Acted['body'] };
  };
  const items = async () =>
    (await state()).channels.flatMap((one) => one.items).map((one) => ({ ...one, words: plainText(one) }));
  /** The card of a commit, once it says all of these words. */
  const card = async (sha: string, ...words: string[]): Promise<Card> => {
    let seen = 'none';
    return until(
      `${user} sees the card of ${sha.slice(0, 7)} say ${words.join(', ')}`,
      async () => {
        const own = (await items()).find((one) => !one.alone && one.words.split('\n')[1]?.includes(sha.slice(0, 7)));
        seen = own?.words ?? 'none';
        if (!own || !words.every((word) => own.words.includes(word))) throw new Error(`the card: ${seen}`);
        return { ...own, buttons: buttonsIn(own.blocks).map((one) => one.text) };
      },
      patienceMs,
    );
  };
  const productionRuns = async (sha: string) =>
    (await state()).runs.filter((one) => one.workflow === 'production' && one.sha === sha);
  const ledgerOf = async (sha: string) =>
    (await state()).ledger
      .filter((one) => one.sha === sha)
      .map((one) => one.kind)
      .reverse();
  return {
    state,
    act,
    card,
    /** The production runs of a commit. */
    productionRuns,
    /** The ledger's kinds for a commit, oldest first. */
    ledgerOf,
    /** One press, one run, whatever happened; the card says live. */
    seesOneRunLive: async (sha: string): Promise<void> => {
      await card(sha, 'live since');
      expect((await productionRuns(sha)).map((one) => one.state)).toEqual(['success']);
      expect((await ledgerOf(sha)).filter((kind) => kind === 'requested')).toHaveLength(1);
      expect((await state()).changes.find((one) => one.sha === sha)?.live).toBe(true);
    },
    /** Pushes one change; returns its SHA. */
    push: async (service: string, outcome: 'passes' | 'fails' = 'passes'): Promise<string> => {
      const { body } = await act('push', { service, outcome });
      return String(body.shas?.[0]);
    },
    /** Presses a button of a commit's card, as soon as it is there. */
    press: async (sha: string, button: string, ...words: string[]): Promise<Acted> => {
      const { channel, ts } = await card(sha, ...words);
      return act('click', { user, channel, ts, button });
    },
    /** What only this person is shown, once it says all of these words. */
    told: (...words: string[]) =>
      until(
        `${user} is told ${words.join(', ')}`,
        async () => (await items()).find((one) => one.alone && words.every((word) => one.words.includes(word))),
        patienceMs,
      ),
  };
}
