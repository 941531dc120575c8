import type { GitHubStandIn } from '../github/github.js';
import type { SlackStandIn } from '../slack/start.js';
import type { Runs } from './runs.js';
import type { FaultSwitch } from './shown.js';

const throttledMs = 15_000;
const retryAfter = 5;
/** Long enough to be seen on the card. */
const silentMs = 4_000;

interface Switch extends Omit<FaultSwitch, 'on' | 'met'> {
  on: () => boolean;
  met?: () => number;
  set: (on: boolean) => void;
}

/** What can be made to go wrong around the bot, at the stand-ins. */
export interface Faults {
  shown(): FaultSwitch[];
  /** Throws for an unknown fault. */
  set(id: string, on: boolean): void;
  stop(): void;
}

/** The page's switches. `changed` is called when one goes on or off, even by itself. */
export function createFaults(parts: {
  slack: SlackStandIn;
  github: GitHubStandIn;
  runs: Runs;
  changed: () => void;
}): Faults {
  const { slack, github, runs, changed } = parts;
  const news = deliveries(github);
  const switches: Switch[] = [
    {
      id: 'production-fails',
      label: 'Production fails',
      explains: 'The next production run fails; its card names the failing job and offers Retry and Roll back.',
      kind: 'once',
      side: 'github',
      on: runs.failsNext,
      set: runs.setFailsNext,
    },
    {
      id: 'github-answer-lost',
      label: "GitHub's answer is lost",
      explains:
        'The next start takes effect, but its answer is lost and for four seconds nothing tells of the run: it is looked up by its id, and there is still one.',
      kind: 'once',
      side: 'github',
      ...answerLost(github, news, changed),
    },
    {
      id: 'github-down',
      label: 'GitHub is down',
      explains:
        'Every call to GitHub is answered 502: a press is kept and its card says what it waits for, until GitHub is back.',
      kind: 'lasting',
      side: 'github',
      ...down(github, changed),
    },
    {
      id: 'webhooks-lost',
      label: 'Webhooks are lost',
      explains: 'GitHub delivers nothing: cards come and move all the same, by the poll, up to fifteen seconds later.',
      kind: 'lasting',
      side: 'github',
      ...webhooksLost(github, news, changed),
    },
    {
      id: 'slack-throttles',
      label: 'Slack throttles',
      explains:
        'For 15 seconds Slack refuses to post and redraw cards: deployments go on, and the cards catch up afterwards.',
      kind: 'lasting',
      side: 'slack',
      ...throttles(slack, changed),
    },
  ];
  return {
    shown: () => switches.map(({ set: _, on, met, ...rest }) => ({ ...rest, on: on(), met: met?.() ?? null })),
    set: (id, on) => {
      const found = switches.find((one) => one.id === id);
      if (!found) throw new Error(`there is no fault ${id}; there are ${switches.map((one) => one.id).join(', ')}`);
      if (found.on() !== on) found.set(on);
    },
    stop: () => {
      for (const one of switches) if (one.on()) one.set(false);
      news.stop();
    },
  };
}

function answerLost(github: GitHubStandIn, news: News, changed: () => void): Pick<Switch, 'on' | 'set'> {
  let remove: (() => void) | null = null;
  const set = (on: boolean) => {
    remove?.();
    remove = on ? github.fail('dispatch', { kind: 'lost' }) : null;
    github.listLag({ ms: on ? silentMs : 0 });
    changed();
  };
  github.onChange((change) => {
    if (!remove || change.kind !== 'call' || change.call.route !== 'dispatch') return;
    if (change.call.status === null) news.holdBack('answer lost', silentMs);
    else set(false);
  });
  return { on: () => remove !== null, set };
}

function down(github: GitHubStandIn, changed: () => void): Pick<Switch, 'on' | 'set' | 'met'> {
  let remove: (() => void) | null = null;
  let met = 0;
  github.onChange((change) => {
    if (remove && change.kind === 'call' && change.call.status === 502) met += 1;
  });
  return {
    on: () => remove !== null,
    met: () => met,
    set: (on) => {
      remove?.();
      met = 0;
      remove = on ? github.fail('*', { kind: 'status', status: 502 }, Number.POSITIVE_INFINITY) : null;
      changed();
    },
  };
}

function webhooksLost(github: GitHubStandIn, news: News, changed: () => void): Pick<Switch, 'on' | 'set' | 'met'> {
  let lost = false;
  let before = 0;
  return {
    on: () => lost,
    met: () => github.unsent() - before,
    set: (on) => {
      lost = on;
      before = github.unsent();
      if (on) news.holdBack('switched off');
      else news.letThrough('switched off');
      changed();
    },
  };
}

type News = ReturnType<typeof deliveries>;

/** GitHub's deliveries, which are not sent while there is a reason. */
function deliveries(github: GitHubStandIn) {
  const reasons = new Map<string, NodeJS.Timeout | null>();
  const letThrough = (reason: string) => {
    clearTimeout(reasons.get(reason) ?? undefined);
    reasons.delete(reason);
    if (reasons.size === 0) github.setWebhooks('on');
  };
  return {
    holdBack: (reason: string, ms?: number) => {
      clearTimeout(reasons.get(reason) ?? undefined);
      reasons.set(reason, ms === undefined ? null : setTimeout(() => letThrough(reason), ms));
      github.setWebhooks('off');
    },
    letThrough,
    stop: () => {
      for (const reason of [...reasons.keys()]) letThrough(reason);
    },
  };
}

function throttles(slack: SlackStandIn, changed: () => void): Pick<Switch, 'on' | 'set' | 'met'> {
  let timer: NodeJS.Timeout | null = null;
  let met = 0;
  const meets = () => {
    if (timer) met += 1;
    return timer !== null;
  };
  for (const method of ['chat.update', 'chat.postMessage']) {
    const fault = { kind: 'error', error: 'ratelimited', retryAfter } as const;
    slack.fail(method, fault, Number.POSITIVE_INFINITY, meets);
  }
  const set = (on: boolean) => {
    if (timer) clearTimeout(timer);
    if (on) met = 0;
    timer = on ? setTimeout(() => set(false), throttledMs) : null;
    changed();
  };
  return { on: () => timer !== null, met: () => met, set };
}
