import { z } from 'zod';
import type { GitHubStandIn } from '../github/github.js';
import type { SlackStandIn } from '../slack/start.js';
import type { LedgerLine } from './database.js';
import type { Pushes } from './pushes.js';

/** What the page shows and acts on. */
export interface Shown {
  slack: SlackStandIn;
  github: GitHubStandIn;
  pushes: Pushes;
  ledger: (count: number) => Promise<LedgerLine[]>;
}

/** `failedWith`: what Slack would show the person instead, such as operation_timeout. */
type Done = { failedWith?: string | undefined; sha?: string };
type Action = (shown: Shown, body: unknown) => Promise<Done>;

const push = z.object({ service: z.string(), fails: z.boolean().default(false) });
const click = z.object({ user: z.string(), channel: z.string(), ts: z.string(), button: z.string() });
const command = z.object({ user: z.string(), channel: z.string(), text: z.string() });
const submit = z.object({
  user: z.string(),
  viewId: z.string(),
  values: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
});
const inView = z.object({ viewId: z.string(), button: z.string() });
const close = z.object({ viewId: z.string() });

/**
 * What a person can do on the page, by the last word of its address. Each goes through the stand-ins, which send the bot what
 * Slack or GitHub would send. Throws where the person could not do that (no such button, no such message).
 */
export const actions: Readonly<Record<string, Action>> = {
  push: ({ pushes }, body) => pushes(push.parse(body)),
  click: async ({ slack }, body) => failure(await slack.click(click.parse(body))),
  command: async ({ slack }, body) => {
    const { user, channel, text } = command.parse(body);
    const typed = /^\/release(?:\s+|$)(.*)/s.exec(text.trim());
    if (!typed) throw new Error('only /release is understood here; /release help says what there is');
    return failure(await slack.command({ user, channel, text: typed[1] ?? '' }));
  },
  submit: async ({ slack }, body) => failure(await slack.submit(submit.parse(body))),
  press: async ({ slack }, body) => failure(await slack.clickInView(inView.parse(body))),
  close: async ({ slack }, body) => failure(await slack.closeModal(close.parse(body).viewId)),
};

const failure = (answer: { failedWith: string | undefined } | undefined): Done => ({ failedWith: answer?.failedWith });
