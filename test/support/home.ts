import { buttonsIn } from '../../sandbox/slack/buttons.js';
import { plainText } from '../../sandbox/slack/reading.js';
import type { Team } from './team.js';
import { until } from './until.js';

/** What stands on a person's Home tab; undefined if nothing was published. */
export function homeOf(team: Team, user: string) {
  const view = team.slack.home(user);
  if (!view) return undefined;
  const blocks = view.definition.blocks as Parameters<typeof buttonsIn>[0];
  const words = plainText(view.definition);
  return { ...view, words, json: JSON.stringify(view.definition), buttons: buttonsIn(blocks).map(({ text }) => text) };
}

/** A person's Home tab, once it has all of these words, or is as the function wants it. */
export const homeSays = (team: Team, user: string, ...words: string[]) =>
  until(`the Home tab of ${user} says ${words.join(', ')}`, () => {
    const home = homeOf(team, user);
    if (!home || !words.every((word) => home.words.includes(word))) throw new Error(`it says ${home?.words}`);
    return home;
  });

/** Opens a person's Home tab; gives what is drawn then. */
export async function openHome(team: Team, user: string) {
  const before = team.slack.home(user)?.hash;
  await team.slack.openHome({ user });
  return until(`the Home tab of ${user} is drawn`, () => {
    const home = homeOf(team, user);
    return home && home.hash !== before ? home : null;
  });
}

/** Presses a button there: its label, or `action id:value` where there are several. */
export const pressAtHome = (team: Team, user: string, button: string) =>
  team.slack.clickInView({ viewId: team.slack.home(user)?.id ?? '', button });
