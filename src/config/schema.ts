import { z } from 'zod';
import { changeTicket } from './change-ticket.js';
import { checksKey } from './checks.js';
import { digestKeys } from './digests.js';
import { duration, gitName, id, list, mapping, text, workflow } from './forms.js';
import { logsKey } from './logs.js';
import { cards, cardsMean, notify } from './notify.js';
import { paths } from './paths.js';
import { production } from './production.js';
import { requiresKeys } from './requires.js';
import { tickets } from './tickets.js';
import { expectedTimezone, isTimezone } from './timezone.js';

const yesNo = (expected: string) => z.boolean({ error: expected });
const count = (least: number, expected: string) =>
  z.int({ error: expected }).min(least, { error: expected }).max(1_000_000, { error: expected });

const channel = id(/^[CG][A-Z0-9]{2,}$/, 'the id of a Slack channel, such as C0SHOP (not its name)');
const user = id(/^[UW][A-Z0-9]{2,}$/, 'the id of a Slack user, such as U0ALICE');
const login = id(/^[A-Za-z0-9][\w-]*$/, 'a GitHub login, such as octocat');
const userOrTool = id(/^(?:[UW][A-Z0-9]{2,}|tool)$/, 'the id of a Slack user, such as U0ALICE, or tool');
const userOrGroup = id(/^[UWS][A-Z0-9]{2,}$/, 'the id of a Slack user or user group, such as U0ALICE or S0DEPLOY');

const staging = mapping({
  workflow: workflow.meta({ description: 'The workflow whose push runs on the branch test each change.' }),
  test_report: text('the name of an artifact')
    .optional()
    .meta({ description: 'Artifact of that run with JUnit *.xml files, used to count tests: see test-reports.md.' }),
  ...requiresKeys,
}).meta({ description: 'Where a change is tested.' });

const approvals = mapping({
  required: count(0, 'a whole number, 0 or more')
    .default(0)
    .meta({ description: 'How many people besides the requester must approve.' }),
  from: list(userOrGroup, 'a list of user and user-group ids')
    .min(1, { error: 'at least one user or user group; leave it out to use the deployers' })
    .optional()
    .meta({ description: 'Who may approve. Default: the deployers.' }),
  authors: yesNo('true or false')
    .default(false)
    .meta({ description: 'Whether an author of a shipped commit may approve.' }),
  expires: duration.default('2h').meta({ description: 'How long a request waits for approval before it expires.' }),
  escalate: list(userOrGroup, 'a list of user and user-group ids')
    .default([])
    .meta({ description: 'Who is called in the thread when half of that time is over. Default: the approvers.' }),
})
  .prefault({})
  .meta({ description: 'Who must approve a deployment before it starts.' });

const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const timeOfDay = id(/^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/, 'a time from "00:00" to "24:00"');
const date = id(/^\d{4}-\d\d-\d\d$/, 'a date such as 2026-12-20').refine(isDate, { error: 'a date that exists' });
const reason = text('a reason, which people are told').meta({ description: 'Shown to people whom the freeze stops.' });
const freeze = z
  .union([
    mapping({
      days: list(z.enum(days, { error: `one of ${days.join(', ')}` }), 'a list of days')
        .min(1, { error: 'a day' })
        .meta({ description: 'The days on which the freeze begins.' }),
      from: timeOfDay.meta({ description: 'When it begins, in the time zone of the config.' }),
      to: timeOfDay.meta({ description: 'When it ends; a time before from is on the next day.' }),
      reason,
    })
      .refine(({ from, to }) => from !== to, { path: ['to'], error: 'a time other than from' })
      .meta({ description: 'A freeze that repeats every week.' }),
    mapping({
      from: date.meta({ description: 'The first day of the freeze.' }),
      to: date.meta({ description: 'The last day of the freeze, which is included.' }),
      reason,
    })
      .refine(({ from, to }) => from <= to, { path: ['to'], error: 'a date not before from' })
      .meta({ description: 'A freeze of whole days, once.' }),
  ])
  .meta({ description: 'Hours on days of the week, or whole days from one date to another, both included.' });

const service = mapping({
  name: id(
    /^[a-z0-9][a-z0-9._-]{0,39}$/,
    'a name of up to 40 characters from a-z, 0-9, dot, dash and underscore, such as shop',
  ).meta({
    description: 'The unique name that people type in Slack.',
  }),
  repository: id(/^[A-Za-z0-9][\w-]*\/[\w.-]+$/, 'owner/name, such as acme/shop').meta({
    description: 'The repository on GitHub.',
  }),
  branch: id(gitName, 'the name of a branch').default('main').meta({ description: 'The branch to release.' }),
  paths,
  staging,
  production,
  channel: channel
    .optional()
    .meta({ description: 'The channel for its cards. Default: the channel at the top level.' }),
  deployers: list(userOrGroup, 'a list of user and user-group ids')
    .min(1, { error: 'at least one user or user group' })
    .meta({ description: 'The users and user groups who may deploy; nobody else can.' }),
  approvals,
  mode: z.enum(['button', 'continuous'], { error: 'button or continuous' }).default('button').meta({
    description: 'button: a person presses Deploy. continuous: every change that passes is deployed automatically.',
  }),
  hold: duration.default('10m').meta({ description: 'With continuous: how long people can stop a change with Hold.' }),
  freezes: list(freeze, 'a list of freezes').default([]).meta({ description: 'Times when nothing is deployed.' }),
  override: list(userOrGroup, 'a list of user and user-group ids').default([]).meta({
    description: 'Who may break the glass: deploy despite freezes, locks, a stop or missing approvals, with a reason.',
  }),
  rollback: mapping({
    approvals: count(0, 'a whole number, 0 or more')
      .default(0)
      .meta({ description: 'How many approvals Roll back needs.' }),
    checks: yesNo('true or false')
      .default(false)
      .meta({ description: 'Whether a rollback bakes in each stage as a deployment does.' }),
  })
    .prefault({})
    .meta({ description: 'The rules for Roll back.' }),
  notify,
  cards: cards.optional().meta({ description: `${cardsMean} Default: cards at the top level.` }),
  tickets: tickets.optional().meta({ description: 'The tickets of this service. Default: those at the top level.' }),
  change_ticket: changeTicket
    .optional()
    .meta({ description: 'Who hears of its deployments. Default: the one at the top level.' }),
  max_changes: count(1, 'a whole number, 1 or more')
    .optional()
    .meta({ description: 'The most changes in one deployment that need no confirmation.' }),
  every: duration.optional().meta({
    description: 'The least time from one deployment to the next; Roll back and break glass keep none: see pace.md.',
  }),
  timeout: duration
    .default('30m')
    .meta({ description: 'A production run that takes longer than this is reported as hung.' }),
  logs: logsKey('it', ' Default: logs at the top level.'),
});

const github = mapping({
  webhooks: yesNo('true or false')
    .default(true)
    .meta({ description: 'false: only polling, without a webhook secret.' }),
  poll: duration
    .default('60s')
    .meta({ description: 'How often to ask GitHub for runs while webhooks are off, or not proven to arrive.' }),
})
  .prefault({})
  .meta({ description: 'How Pushbutton learns of runs on GitHub.' });

/** The schema of the config file, with defaults; the JSON Schema is generated from it. */
export const fileSchema = mapping({
  timezone: text('a time zone from the IANA list, such as Europe/Berlin')
    .refine(isTimezone, { error: ({ input }) => expectedTimezone(String(input)) })
    .default('UTC')
    .meta({ description: 'The IANA time zone of the digest, of freezes and of the days of an export.' }),
  channel: channel.optional().meta({ description: 'The default channel of all services.' }),
  ...digestKeys,
  cards: cards.default('every'),
  github,
  logs: logsKey('services').meta({ default: true }),
  checks: checksKey,
  people: z
    .record(login, userOrTool, { error: 'a mapping of GitHub logins to Slack user ids' })
    .default({})
    .meta({ description: 'The Slack user id of each GitHub login, or tool if no person writes under it.' }),
  operators: list(user, 'a list of user ids')
    .default([])
    .meta({ description: 'The users to notify when something needs attention.' }),
  tickets: tickets.optional().meta({
    description: 'How the changes of all services name tickets; one mapping, or a list of several: see tickets.md.',
  }),
  change_ticket: changeTicket
    .optional()
    .meta({ description: 'A webhook of yours that hears of the deployments of all services: see tickets.md.' }),
  services: list(service, 'a list of services')
    .min(1, { error: 'at least one service' })
    .meta({ description: 'The services to release, each with its own cards, queue and live commit.' }),
}).meta({ title: 'pushbutton.yml', description: 'The config of Pushbutton.' });

export type ConfigFile = z.output<typeof fileSchema>;
export type Freeze = z.output<typeof freeze>;

/** The JSON Schema of the file, for editors: the content of `pushbutton.schema.json`. */
export function jsonSchema(): string {
  return `${JSON.stringify(z.toJSONSchema(fileSchema, { io: 'input' }), null, 2)}\n`;
}

function isDate(written: string): boolean {
  const at = new Date(`${written}T00:00:00Z`);
  // Date turns 31 February into March instead of rejecting it.
  return !Number.isNaN(at.valueOf()) && at.toISOString().startsWith(written);
}
