import type { AllMiddlewareArgs, SlackEventMiddlewareArgs } from '@slack/bolt';
import type { HomeView } from '@slack/types';
import type { Presser } from '../core/command.js';
import { placesOf } from '../db/cards.js';
import { timeNow } from '../db/time.js';
import { coalesced } from '../waits/coalesce.js';
import { askSlack, type SlackAnswer } from './client.js';
import type { Identity } from './identity.js';
import type { QuestionDeps } from './questions.js';
import { readServicePage } from './service-page.js';
import { homeRefused, homeUnknown, homeUnread, homeView } from './views/home.js';

export interface HomeDeps extends QuestionDeps {
  readonly services: readonly string[];
  readonly identity: () => Identity | null;
  readonly warn: (details: object, message: string) => void;
}

/** Draws a page of a person's Home tab. `hash` is the hash of the view they were looking at, if any. Never throws. */
export type ShowHome = (person: Presser, hash: string | undefined, page?: number) => Promise<void>;

/**
 * The Home tab, drawn for one person when they open it or press Refresh. It writes nothing; after a failure, the next
 * opening tries again.
 */
export function createHome(deps: HomeDeps) {
  const { client, people, warn } = deps;
  // All full members see the same. Many openings at once must not keep a press from the database.
  const overview = coalesced((page: string) => readOverview(deps, Number(page)));
  let toldOff = false;

  const show: ShowHome = async (person, hash, page = 1) => {
    const first = await publish(person.user, await viewFor(person, page), hash);
    // Another drawing came in between and may be older than this one: read everything again.
    const conflict = first.is === 'refused' && first.error === 'hash_conflict';
    const answer = conflict ? await publish(person.user, await viewFor(person, page), undefined) : first;
    if (answer.is === 'ok') return;
    const fault = answer.is === 'refused' ? answer.error : answer.is === 'no answer' ? answer.why : answer.is;
    if (fault !== 'not_enabled') {
      warn({ fault }, 'a Home tab could not be drawn; opening it tries again');
    } else if (!toldOff) {
      toldOff = true;
      warn({ fault }, 'the Home tab is off: turn it on at api.slack.com/apps, App Home, Show Tabs');
    }
  };

  async function viewFor(person: Presser, page: number): Promise<HomeView> {
    try {
      const permission = await people.isFullMember(person);
      if (permission.is === 'granted') return await overview(String(page));
      const why =
        permission.is === 'denied' && permission.refusal.rule === 'not a full member' ? permission.refusal.why : null;
      return why === null ? homeUnknown() : homeRefused(why);
    } catch (error) {
      warn({ err: error }, 'the services could not be read for a Home tab');
      return homeUnread();
    }
  }

  const publish = (user: string, view: HomeView, hash: string | undefined): Promise<SlackAnswer<unknown>> =>
    askSlack(() => client.views.publish({ user_id: user, view, ...(hash !== undefined && { hash }) }));

  return {
    show,
    /** Slack reports every opening, of the Messages tab too, and names no team: the person is looked up. */
    onOpened: async ({ event }: SlackEventMiddlewareArgs<'app_home_opened'> & AllMiddlewareArgs): Promise<void> => {
      if (event.tab === 'home') await show({ user: event.user, team: null }, hashOf(event.view));
    },
  };
}

/** Slack sends the view with its hash, which its client's types do not include. */
const hashOf = (view: object | undefined): string | undefined =>
  view && 'hash' in view && typeof view.hash === 'string' ? view.hash : undefined;

async function readOverview(deps: HomeDeps, page: number): Promise<HomeView> {
  const at = await timeNow(deps.pool);
  const read = await readServicePage(deps, page);
  const shown = read.statuses.flatMap(({ live, active, queue, waiting }) => [
    ...(live.is === 'known' ? [live.change] : []),
    ...[active, ...queue].flatMap((entry) => entry?.change ?? []),
    ...(waiting ? [waiting] : []),
  ]);
  const places = await placesOf(
    deps.pool,
    shown.map((change) => change.id),
  );
  return homeView({ ...read, at, places, workspace: deps.identity()?.url ?? null });
}
