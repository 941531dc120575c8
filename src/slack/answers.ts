import type { Change, ChangeRef } from '../core/change/change.js';
import type { Presser } from '../core/command.js';
import type { AskWhy } from '../core/deployment/why.js';
import { liveSha } from '../core/service/service.js';
import { changeById, changesByPrefix, newestChanges } from '../db/changes.js';
import { underWayOf } from '../db/deployments.js';
import { ledgerOfSha } from '../db/ledger.js';
import { namesOf } from '../db/people.js';
import { historyOf } from '../db/reports.js';
import { readService } from '../db/service-state.js';
import { digestAsked, MOST_DAYS } from './digest-asked.js';
import { createMine, type MineDeps } from './mine.js';
import { nearest } from './nearest.js';
import { diffTo } from './questions.js';
import type { DigestAsked } from './read-digest.js';
import { readServicePage } from './service-page.js';
import { asMeant, channelMeant, isSha, nameMeant } from './typed.js';
import { askDeployMessage } from './views/ask-deploy.js';
import { diffMessage } from './views/diff.js';
import { COMMANDS } from './views/help.js';
import { historyMessage, ledgerMessage } from './views/history.js';
import type { Message } from './views/message.js';
import { mineMessage, withDeploySteps, withNextSteps } from './views/next-steps.js';
import { statusMessage } from './views/status.js';
import { type Unknown, unknownMessage } from './views/unknown.js';
import { offersDeploy, peopleIn, whyMessage } from './views/why.js';

type Or<T> = T | { readonly unknown: Message };
export type Answers = ReturnType<typeof createAnswers>;

export interface AnswerDeps extends MineDeps {
  /** The services whose cards go to a channel. */
  readonly servicesOf: (channel: string) => readonly { readonly name: string }[];
  /** IANA */
  readonly timezone: string;
  readonly digestNow: (asked: DigestAsked) => Promise<Message>;
  readonly askWhy: AskWhy;
}

const HISTORY = 20;
/** Of what waits for somebody, so many of each are in an answer, and below the status of one service. */
const MOST_OF_MINE = 5;
const MOST_STEPS = 3;
/** So many changes are compared with what was typed, of many services a few of each. */
const MOST_COMPARED = 5_000;

/** The questions that can be typed. They read and answer; they never write. */
export function createAnswers(deps: AnswerDeps) {
  const { pool } = deps;
  const readMine = createMine(deps);
  const asks = (of: string) => deps.shown(of)?.asks ?? null;

  function service(command: string, typed: string | undefined): Or<{ readonly name: string }> {
    if (typed === undefined) return not({ what: 'no service', command });
    const name = nameMeant(typed, deps.services) ?? onlyIn(channelMeant(typed));
    if (name !== undefined && deps.shown(name)) return { name };
    return not({ what: 'service', command, typed, nearest: nearest(asMeant(typed), deps.services, (one) => one) });
  }

  /** The service whose cards alone go to a channel. */
  function onlyIn(channel: string | null): string | undefined {
    const [one, another] = channel === null ? [] : deps.servicesOf(channel);
    return another ? undefined : one?.name;
  }

  /** Of the newest changes of these services, the one whose SHA is most like what was typed. */
  async function nearestChange(typed: string, services: readonly string[]): Promise<ChangeRef | null> {
    const each = Math.min(50, Math.ceil(MOST_COMPARED / services.length));
    const newest = await newestChanges(pool, services, each);
    return nearest(typed, newest, (one) => one.sha.slice(0, typed.length));
  }

  async function change(command: string, of: string, word: string): Promise<Or<Change>> {
    const typed = asMeant(word);
    const near = () => nearestChange(typed, [of]);
    if (!isSha(typed)) return not({ what: 'not a sha', command, typed, nearest: await near() });
    const found = await changesByPrefix(pool, [of], typed.toLowerCase());
    if (found.length > 1) return not({ what: 'ambiguous sha', command, service: of, typed, matches: found });
    return found[0] ?? not({ what: 'sha', command, service: of, typed, nearest: await near() });
  }

  /** The change with that SHA in every service that has it. */
  async function changesOfAll(command: string, word: string): Promise<Or<Change[]>> {
    const typed = asMeant(word);
    const near = () => nearestChange(typed, deps.services);
    if (!isSha(typed)) return not({ what: 'not a sha', command, typed, nearest: await near() });
    const found = await changesByPrefix(pool, deps.services, typed.toLowerCase());
    const shas = new Map(found.map((one) => [one.sha, one]));
    if (shas.size > 1)
      return not({ what: 'ambiguous sha', command, service: 'the repository', typed, matches: [...shas.values()] });
    return found.length > 0
      ? found
      : not({ what: 'sha', command, service: 'Pushbutton', typed, nearest: await near() });
  }

  /** The newest change of a service that passed staging. */
  async function newest(of: string): Promise<Or<ChangeRef>> {
    const { newestPassed } = await readService(pool, of);
    return newestPassed ?? { unknown: nothingPassed(of) };
  }

  /** What waits for whoever asks, and what can be typed. */
  const mine = async (by: Presser): Promise<Message> =>
    mineMessage(await readMine(by.user, { services: deps.services, most: MOST_OF_MINE }), deps.timezone);

  const mineIn = (name: string, by: Presser) => readMine(by.user, { services: [name], most: MOST_STEPS });

  async function status(typed: string | undefined, by: Presser): Promise<Message> {
    if (typed === undefined) return statusPage(1);
    const known = service('status', typed);
    if ('unknown' in known) return known.unknown;
    const shown = statusMessage(await readServicePage({ ...deps, services: [known.name] }, 1), deps.timezone);
    return withNextSteps(shown, await mineIn(known.name, by));
  }

  const statusPage = async (page: number): Promise<Message> =>
    statusMessage(await readServicePage(deps, page), deps.timezone);

  async function history(typed: string | undefined, sha: string | undefined): Promise<Message> {
    const known = service('history', typed);
    if ('unknown' in known) return known.unknown;
    const repository = deps.shown(known.name)?.repository ?? '';
    if (sha === undefined) {
      const entries = await historyOf(pool, known.name, HISTORY);
      return historyMessage(
        known.name,
        repository,
        entries,
        await namesOf(
          pool,
          entries.map((one) => one.deployment.requestedBy),
        ),
        deps.timezone,
      );
    }
    const found = await change('history', known.name, sha);
    if ('unknown' in found) return found.unknown;
    const { lines, older } = await ledgerOfSha(pool, known.name, found.sha);
    return ledgerMessage(
      known.name,
      repository,
      found,
      lines,
      older,
      await namesOf(
        pool,
        lines.flatMap(({ actor, detail }) => [
          actor,
          ...Object.values(detail).flatMap((value) => (typeof value === 'string' ? value.split(' ') : [])),
        ]),
      ),
      deps.timezone,
    );
  }

  async function diff(typed: string | undefined, by: Presser): Promise<Message> {
    const known = service('diff', typed);
    if ('unknown' in known) return known.unknown;
    const state = await readService(pool, known.name);
    const newest = state.newestPassed && (await changeById(pool, state.newestPassed.id));
    const shown = deps.shown(known.name);
    if (!newest || !shown) return nothingPassed(known.name);
    const told = diffMessage(await diffTo(deps, shown, newest));
    return withDeploySteps(told, await mineIn(known.name, by));
  }

  /** Of the newest change that passed, or, where none did, of the newest one. */
  async function why(typed: string | undefined, sha: string | undefined, by: Presser): Promise<Message> {
    const known = service('why', typed);
    if ('unknown' in known) return known.unknown;
    const state = await readService(pool, known.name);
    const [latest] = state.newestPassed ? [state.newestPassed] : await newestChanges(pool, [known.name], 1);
    const of = sha === undefined ? latest : await change('why', known.name, sha);
    if (of && 'unknown' in of) return of.unknown;
    return of ? whyOf(known.name, of.key, by) : nothingPassed(known.name);
  }

  /** What every rule says of a change, by its key. */
  async function whyOf(name: string, key: string, by: Presser): Promise<Message> {
    const found = await deps.askWhy(name, key, by);
    if (!found) return nothingPassed(name);
    const ships = offersDeploy(found)
      ? await deps.countCommits(name, await readService(pool, name), found.change)
      : null;
    return whyMessage(found, ships, await namesOf(pool, peopleIn(found)), asks(name));
  }

  const nothingPassed = (of: string): Message => askDeployMessage({ is: 'nothing passed', service: of }, new Map());

  /** Of the last days and of all services, unless it says otherwise. */
  async function digest(words: readonly string[]): Promise<Message> {
    const { days, service: typed, more } = digestAsked(words);
    if (typeof days !== 'number')
      return unknownMessage({ what: 'not a period', command: 'digest', typed: days.not, most: MOST_DAYS });
    if (more.length > 0) return tooManyWords(more.join(' '), 'digest');
    const known = typed === undefined ? { name: null } : service('digest', typed);
    return 'unknown' in known ? known.unknown : deps.digestNow({ days, service: known.name });
  }

  async function askDeploy(name: string): Promise<Message> {
    const state = await readService(pool, name);
    const newest = state.newestPassed && (await changeById(pool, state.newestPassed.id));
    if (!newest) return nothingPassed(name);
    const underWay = await underWayOf(pool, name, newest.sha);
    if (underWay) {
      return askDeployMessage(
        { is: 'under way', service: name, change: newest, deployment: underWay },
        await namesOf(pool, [underWay.requestedBy]),
      );
    }
    if (state.live.is === 'known' && liveSha(state) === newest.sha) {
      const { since, deployment } = state.live;
      const by = deployment.requestedBy;
      return askDeployMessage(
        { is: 'live already', service: name, change: newest, since, by },
        await namesOf(pool, [by]),
      );
    }
    const ships = await deps.countCommits(name, state, newest);
    return askDeployMessage({ is: 'ready', service: name, change: newest, ships, asks: asks(name) }, new Map());
  }

  const notAWord = (typed: string): Message =>
    unknownMessage({ what: 'word', typed, nearest: nearest(typed, COMMANDS, (one) => one.word)?.word ?? null });
  const tooManyWords = (typed: string, command: string): Message =>
    unknownMessage({ what: 'too many words', command, typed });

  return {
    asks,
    service,
    change,
    newest,
    changesOfAll,
    noReason: (command: string) => unknownMessage({ what: 'no reason', command }),
    notADuration: (typed: string, command: string) => unknownMessage({ what: 'not a duration', command, typed }),
    mine,
    status,
    statusPage,
    history,
    diff,
    why,
    whyOf,
    askDeploy,
    notAWord,
    tooManyWords,
    digest,
  };
}

const not = (unknown: Unknown): { unknown: Message } => ({ unknown: unknownMessage(unknown) });
