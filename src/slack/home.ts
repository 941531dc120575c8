import { createHash } from 'node:crypto';
import type { AllMiddlewareArgs, SlackEventMiddlewareArgs } from '@slack/bolt';
import type { HomeView } from '@slack/types';
import type { Presser } from '../core/command.js';
import type { Permission } from '../core/facts.js';
import { addJob } from '../db/add-jobs.js';
import { placesOf } from '../db/cards.js';
import {
  forgetHome,
  type HomeViewer,
  homeStillStale,
  keepHome,
  notedHome,
  noteHomeDrawn,
  noteHomeOpened,
  noteHomeOvertaken,
} from '../db/home-viewers.js';
import { timeNow } from '../db/time.js';
import { cached } from '../waits/cache.js';
import { coalesced } from '../waits/coalesce.js';
import { askSlack, isPassing, type SlackAnswer, takesNoCalls } from './client.js';
import type { Identity } from './identity.js';
import { createMine, type MineDeps } from './mine.js';
import type { PressedAtHome } from './pressed-at-home.js';
import { readServicePage } from './service-page.js';
import { homeRefused, homeUnknown, homeUnread, homeView, shownBy } from './views/home.js';

interface HomeDeps extends MineDeps {
  readonly identity: () => Identity | null;
  readonly warn: (details: object, message: string) => void;
}

/** Draws a page of a person's Home tab. `hash` is the hash of the view they were looking at, if any. Never throws. */
export type ShowHome = (person: Presser, hash: string | undefined, page?: number) => Promise<void>;

/** How long it is kept up to date for who opened it or pressed something there: Slack does not tell when they leave. */
const OPEN_MS = 600_000;
/** For how long an update relies on what Slack said of a person: a new guest sees no more after that. */
const MEMBER_MS = 300_000;
/** So much of each is shown above the services. */
const MOST_OF_MINE = 10;

/** What one person is to see. `drawn`: a digest of it, null when it does not show the services; `denied`: they may not see them. */
interface Drawing {
  readonly view: HomeView;
  readonly drawn: string | null;
  readonly denied?: true;
}

/**
 * The Home tab, drawn for one person when they open it or press Refresh, and again when something changes while it may be
 * open. What it writes is who looks at it, never on the way of a press.
 */
export function createHome(deps: HomeDeps) {
  const { pool, client, people, warn } = deps;
  // All full members see the same services. Many openings at once must not keep a press from the database.
  const overview = coalesced(async (page: string) => {
    const at = await timeNow(pool);
    return { at, ...(await readServicePage(deps, Number(page))) };
  });
  const readMine = createMine(deps);
  // An opening looks the person up; updates do so seldom, so that they keep no press from its own look-up.
  const stillMember = cached(async (user: string) => {
    const permission = await people.isFullMember({ user, team: null });
    if (permission.is === 'not looked up') throw new Error('Slack does not say who has a Home tab open');
    return permission;
  }, MEMBER_MS);
  let toldOff = false;

  const show: ShowHome = async (person, hash, page = 1) => {
    const { user } = person;
    await noteHomeOpened(pool, { user, page, hash: hash ?? null }, OPEN_MS).catch(notNoted);
    const asked = () => people.isFullMember(person);
    let drawing = await drawingFor(user, page, asked);
    let answer = await publish(user, drawing.view, hash);
    if (isConflict(answer)) {
      // Another drawing came in between and may be older than this one: read everything again, and draw over that one only.
      drawing = await drawingFor(user, page, asked);
      const now = await notedHome(pool, user).catch(notNoted);
      // They have opened another page meanwhile, which is drawn by itself.
      if (!now || now.page !== page) return;
      if (now.hash === null || now.hash === hash) return drawLater(user).catch(notNoted);
      answer = await publish(user, drawing.view, now.hash);
      if (isConflict(answer)) return drawLater(user).catch(notNoted);
    }
    if (answer.is !== 'ok') return failed(answer);
    await noted(user, drawing, answer.data.view).catch(notNoted);
  };

  /** With all others that are stale. By then it is noted who drew it last. */
  async function drawLater(user: string): Promise<void> {
    await homeStillStale(pool, user);
    await addJob(pool, 'homes', { tries: 0 }, { key: 'homes', unlessWaiting: true });
  }

  function failed(answer: Exclude<SlackAnswer<unknown>, { is: 'ok' }>): void {
    const fault = answer.is === 'refused' ? answer.error : answer.is === 'no answer' ? answer.why : answer.is;
    if (fault !== 'not_enabled') {
      warn({ fault }, 'a Home tab could not be drawn; opening it tries again');
    } else if (!toldOff) {
      toldOff = true;
      warn({ fault }, 'the Home tab is off: turn it on at api.slack.com/apps, App Home, Show Tabs');
    }
  }
  const noted = (user: string, { drawn, denied }: Drawing, view: object | undefined): Promise<void> =>
    denied ? forgetHome(pool, user) : noteHomeDrawn(pool, { user, hash: hashOf(view) ?? null, drawn });
  const notNoted = (error: unknown): void => warn({ err: error }, 'a Home tab is not kept up to date');

  /**
   * Draws it again for somebody who may have it open. Not told to Slack if it shows the same. `hash_conflict`: they opened
   * it meanwhile, or another update came in between; it is to be drawn once more, over that.
   */
  async function update(viewer: HomeViewer): Promise<SlackAnswer<unknown>> {
    const { user, page, hash } = viewer;
    const drawing = await drawingFor(user, page, () => stillMember(user));
    const { drawn } = drawing;
    // What could not be read or looked up stays as it was; it says as of when.
    if (!drawing.denied && drawn === null) {
      await homeStillStale(pool, user);
      return { is: 'ok', data: null };
    }
    if (!drawing.denied && drawn === viewer.drawn) return { is: 'ok', data: null };
    const answer = await publish(user, drawing.view, hash ?? undefined);
    if (answer.is === 'ok') await noted(user, drawing, answer.data.view);
    else if (isConflict(answer)) await noteHomeOvertaken(pool, { user, hash });
    else if (answer.is === 'refused' && (isPassing(answer.error) || takesNoCalls(answer)))
      await homeStillStale(pool, user);
    else if (answer.is === 'refused') await forgetHome(pool, user);
    return answer;
  }

  async function drawingFor(user: string, page: number, member: () => Promise<Permission>): Promise<Drawing> {
    try {
      const permission = await member();
      if (permission.is === 'granted') return await drawn(user, page);
      const why =
        permission.is === 'denied' && permission.refusal.rule === 'not a full member' ? permission.refusal.why : null;
      return why === null
        ? { view: homeUnknown(), drawn: null }
        : { view: homeRefused(why), drawn: null, denied: true };
    } catch (error) {
      warn({ err: error }, 'the services could not be read for a Home tab');
      return { view: homeUnread(), drawn: null };
    }
  }

  async function drawn(user: string, page: number): Promise<Drawing> {
    const { going, ...read } = await overview(String(page));
    const mine = await readMine(user, { services: deps.services, going, most: MOST_OF_MINE });
    const shown = read.statuses.flatMap(({ live, active, queue, scheduled, asks, waiting }) => [
      ...(live.is === 'known' ? [live.change] : []),
      ...[active, ...queue, ...scheduled, ...asks].flatMap((entry) => entry?.change ?? []),
      ...(waiting ? [waiting] : []),
    ]);
    const all = [...shown, ...[...mine.asks, ...mine.offers, ...mine.changes].map(({ change }) => change)];
    const places = await placesOf(pool, [...new Set(all.map((change) => change.id))]);
    const view = homeView({ ...read, mine, places, workspace: deps.identity()?.url ?? null });
    return { view, drawn: createHash('sha256').update(shownBy(view, read.at)).digest('hex') };
  }

  const publish = (user: string, view: HomeView, hash: string | undefined) =>
    askSlack(() => client.views.publish({ user_id: user, view, ...(hash !== undefined && { hash }) }));

  const pressed: PressedAtHome = async (user, seen) => {
    const kept = async () => {
      const stale = await keepHome(pool, { user, ...seen }, OPEN_MS);
      if (stale) await addJob(pool, 'homes', { tries: 0 }, { key: 'homes', unlessWaiting: true });
    };
    await kept().catch(notNoted);
  };

  return {
    show,
    update,
    /** They look at it. No message answers them: what changed while it was not kept up to date is drawn now. */
    pressed,
    /** Slack reports every opening, of the Messages tab too, and names no team: the person is looked up. */
    onOpened: async ({ event }: SlackEventMiddlewareArgs<'app_home_opened'> & AllMiddlewareArgs): Promise<void> => {
      if (event.tab === 'home') await show({ user: event.user, team: null }, hashOf(event.view));
    },
  };
}

/** Slack has drawn something else there since the view with that hash. */
const isConflict = (answer: SlackAnswer<unknown>): boolean =>
  answer.is === 'refused' && answer.error === 'hash_conflict';

/** Slack sends the view with its hash, which its client's types do not include. */
const hashOf = (view: object | undefined): string | undefined =>
  view && 'hash' in view && typeof view.hash === 'string' ? view.hash : undefined;
