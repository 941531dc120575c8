import { COMMANDS } from '../../src/slack/views/help.js';
import type { MovableClock } from '../clock.js';
import type { GitHubStandIn } from '../github/github.js';
import type { RunView } from '../github/views.js';
import type { SlackStandIn } from '../slack/start.js';
import type { Ephemeral, Message, Channel as SlackChannel } from '../slack/workspace.js';
import type { Remembered } from './database.js';
import type { Faults } from './faults.js';
import type { Pushed, Pushes } from './pushes.js';
import type { Replicas } from './replicas.js';
import type { Change, Channel, Item, Json, Run, Shown } from './shown.js';
import { PEOPLE, SERVICES, type Service } from './team.js';

/** What the page reads. */
export interface Scene {
  slack: SlackStandIn;
  github: GitHubStandIn;
  pushes: Pushes;
  replicas: Replicas;
  faults: Faults;
  clock: MovableClock;
  /** Of this start of the demo. */
  id: string;
}

const itemsShown = 60;
const changesShown = 12;
const runsShown = 12;

/** Whether the page lets anybody be this person. */
export const isOffered = (user: string): boolean => PEOPLE.some((one) => one.id === user);

/** Everything that this person, one of `PEOPLE`, sees now. */
export function shownTo(user: string, scene: Scene, { ledger, live }: Remembered): Shown {
  const { slack, github, pushes, replicas, faults, clock, id } = scene;
  const { users, groups, channels, views, bot } = slack.workspace;
  const dm = slack.dmOf(user);
  const visible = [...channels.values()].filter((one) => one.id === dm || (one.members.has(user) && one.kind !== 'im'));
  const home = views.find((one) => one.type === 'home' && one.user === user);
  const modal = slack.modals(user).at(-1);
  return {
    demo: id,
    people: [...PEOPLE],
    names: Object.fromEntries([
      ...[...users.values()].map((one) => [one.id, one.real_name]),
      ...[...groups.values()].map((one) => [one.id, one.handle]),
      ...[...channels.values()].map((one) => [one.id, one.name]),
    ]),
    clock: { movedMs: clock.moved() },
    services: [...SERVICES],
    githubUrl: github.url,
    bot: { userId: bot.userId, replicas: replicas.shown() },
    channels: visible.map((one) => channelShown(slack, one, user, dm)),
    home: home ? { id: home.id, blocks: blocksOf(home.definition) } : null,
    modal: modal ? { id: modal.id, definition: modal.definition, errors: modal.errors } : null,
    changes: pushes
      .all()
      .slice(0, changesShown)
      .map((one) => changeShown(github, one, live)),
    runs: SERVICES.flatMap((service) => github.runs(service.repository).map((run) => ({ service, run })))
      .toSorted((a, b) => b.run.startedAt.getTime() - a.run.startedAt.getTime() || b.run.id - a.run.id)
      .slice(0, runsShown)
      .map(({ service, run }) => runShown(github, service, run)),
    ledger,
    faults: faults.shown(),
    commands: COMMANDS.map(({ usage, does }) => ({ usage: usage.replace(/^\/release /, ''), does })),
  };
}

function channelShown(slack: SlackStandIn, channel: SlackChannel, user: string, dm: string): Channel {
  const direct = channel.id === dm;
  const messages = slack.messages(channel.id).map((message) => ({
    ...drawn(message),
    alone: false,
    edited: message.edited,
    by: message.user,
    replies: slack
      .thread(channel.id, message.ts)
      .slice(1)
      .map(({ ts, text, blocks, user: by }) => ({ ts, text, blocks, by })),
  }));
  const alone = slack
    .ephemerals(user)
    .filter((one) => one.channel === channel.id)
    .map((one) => ({ ...drawn(one), alone: true, edited: false, by: slack.workspace.bot.userId, replies: [] }));
  const items: Item[] = [...messages, ...alone].sort((a, b) => Number(a.ts) - Number(b.ts)).slice(-itemsShown);
  const name = direct ? 'Pushbutton' : channel.name;
  return { id: channel.id, name, kind: direct ? 'direct' : 'channel', items };
}

const drawn = ({ channel, ts, text, blocks }: Message | Ephemeral) => ({ channel, ts, text, blocks });
const blocksOf = ({ blocks }: Json): Json[] => (Array.isArray(blocks) ? blocks : []);
const stateOf = ({ conclusion, status }: Pick<RunView, 'conclusion' | 'status'>) => conclusion ?? status;

function changeShown(github: GitHubStandIn, pushed: Pushed, live: Remembered['live']): Change {
  const { service, sha, title, author, pullRequest, at } = pushed;
  const run = github.runs(service.repository, 'staging.yml').find((one) => one.headSha === sha);
  return {
    service: service.name,
    sha,
    title,
    author,
    pullRequest,
    pushedAt: at.toISOString(),
    staging: run ? stateOf(run) : 'queued',
    live: live.get(service.name) === sha,
  };
}

function runShown(github: GitHubStandIn, service: Service, run: RunView): Run {
  const production = run.file !== 'staging.yml';
  return {
    id: run.id,
    service: service.name,
    workflow: production ? 'production' : 'staging',
    number: run.number,
    attempt: run.attempt,
    title: run.title.replace(/\b([0-9a-f]{7})[0-9a-f]{33}\b/g, '$1'),
    sha: production ? (run.inputs.sha ?? null) : run.headSha,
    state: stateOf(run),
    url: `${github.url}/${service.repository}/actions/runs/${run.id}`,
    startedAt: run.startedAt.toISOString(),
    endedAt: run.endedAt?.toISOString() ?? null,
    jobs: run.jobs.map((job) => ({ name: job.name, state: stateOf(job) })),
  };
}
