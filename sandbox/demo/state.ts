import type { Channel, Ephemeral, Message } from '../slack/workspace.js';
import type { Shown } from './actions.js';
import { REPOSITORIES, ROLES } from './team.js';

const messagesShown = 60;
const runsShown = 12;
const ledgerShown = 20;

/** Everything that this person sees, as the page draws it. Throws for somebody whom the page does not offer. */
export async function stateFor({ slack, github, ledger }: Shown, user: string) {
  if (!ROLES.some(([id]) => id === user)) throw new Error(`there is nobody called ${user}`);
  const { users, groups, channels } = slack.workspace;
  const dm = slack.dmOf(user);
  const visible = [...channels.values()].filter((one) => one.id === dm || (one.members.has(user) && one.kind !== 'im'));
  const runs = Object.entries(REPOSITORIES).flatMap(([service, repository]) =>
    github.runs(repository).map((run) => ({ service, ...run })),
  );
  return {
    people: ROLES.map(([id, role]) => ({ id, role, name: users.get(id)?.real_name ?? id })),
    names: Object.fromEntries([
      ...[...users.values()].map((one) => [one.id, one.real_name]),
      ...[...groups.values()].map((one) => [one.id, one.handle]),
      ...[...channels.values()].map((one) => [one.id, one.name]),
    ]),
    services: Object.keys(REPOSITORIES),
    githubUrl: github.url,
    channels: visible.map((channel) => ({
      id: channel.id,
      name: channel.id === dm ? 'Pushbutton' : channel.name,
      direct: channel.id === dm,
      items: itemsIn(slack, channel, user),
    })),
    modal: slack
      .modals(user)
      .map(({ id, definition, errors }) => ({ id, definition, errors }))
      .at(-1),
    runs: runs
      .toSorted((a, b) => b.createdAt.getTime() - a.createdAt.getTime() || b.id - a.id)
      .slice(0, runsShown)
      .map(({ id, service, file, number, title, status, conclusion, attempt, jobs }) => ({
        id,
        service,
        workflow: file.replace(/\.ya?ml$/, ''),
        number,
        title: title.replace(/\b([0-9a-f]{7})[0-9a-f]{33}\b/g, '$1'),
        state: conclusion ?? status,
        attempt,
        job: jobs.find((job) => job.status === 'in_progress')?.name,
      })),
    ledger: await ledger(ledgerShown),
  };
}

/** Messages with their replies, and what this person alone was shown, in the order of time. */
function itemsIn(slack: Shown['slack'], channel: Channel, user: string) {
  const messages = slack.messages(channel.id).map((message) => ({
    ...drawn(message),
    alone: false,
    edited: message.edited,
    by: message.user,
    replies: slack
      .thread(channel.id, message.ts)
      .slice(1)
      .map((reply) => ({ ...drawn(reply), by: reply.user })),
  }));
  const alone = slack
    .ephemerals(user)
    .filter((one) => one.channel === channel.id)
    .map((one) => ({ ...drawn(one), alone: true, edited: false, by: slack.workspace.bot.userId, replies: [] }));
  return [...messages, ...alone].sort((a, b) => Number(a.ts) - Number(b.ts)).slice(-messagesShown);
}

const drawn = ({ channel, ts, text, blocks }: Message | Ephemeral) => ({ channel, ts, text, blocks });
