import { z } from 'zod';
import type { Scene } from './state.js';
import { isOffered } from './state.js';

/** `failedWith`: what Slack would show the person instead, such as operation_timeout. */
type Done = { failedWith?: string | undefined; shas?: string[] };
type Action = (scene: Scene, body: unknown) => Promise<Done> | Done;

/** What is missing in the body of an action, in a sentence. */
export class Malformed extends Error {}

const user = z.string().refine(isOffered, 'nobody is called that');
const push = z.object({
  service: z.string(),
  outcome: z.enum(['passes', 'fails']).default('passes'),
  count: z.int().min(1).max(3).default(1),
});
const click = z.object({ user, channel: z.string(), ts: z.string(), button: z.string() });
const command = z.object({ user, channel: z.string(), text: z.string() });
const shortcut = z.object({ user, channel: z.string(), ts: z.string(), name: z.string() });
const submit = z.object({
  user,
  viewId: z.string(),
  values: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
});
const inView = z.object({ viewId: z.string(), button: z.string() });
const close = z.object({ viewId: z.string() });
const home = z.object({ user });
const fault = z.object({ id: z.string(), on: z.boolean() });
/** At most a week at once, so that each jump can be followed. */
const clock = z.object({
  byMs: z
    .int()
    .min(1)
    .max(7 * 86_400_000),
});
const kill = z.object({ replica: z.string().optional() });

/**
 * What a person can do on the page, by the last word of its address. Each action goes through the stand-ins, which send
 * the bot what Slack or GitHub would send. Throws a sentence if the person cannot do that (no such button, no such
 * message), and `Malformed` if the body says something else.
 */
export const actions: Readonly<Record<string, Action>> = {
  push: ({ pushes }, body) => {
    const { service, outcome, count } = read(push, body);
    return {
      shas: Array.from({ length: count }, () => pushes.push({ service, fails: outcome === 'fails' }).sha),
    };
  },
  click: async ({ slack }, body) => failure(await slack.click(read(click, body))),
  command: async ({ slack }, body) => {
    const { user: by, channel, text } = read(command, body);
    const typed = /^\/release(?:\s+|$)(.*)/s.exec(text.trim());
    if (!typed) throw new Error('only /release is understood here; /release help says what there is');
    return failure(await slack.command({ user: by, channel, text: typed[1] ?? '' }));
  },
  shortcut: async ({ slack }, body) => failure(await slack.useShortcut(read(shortcut, body))),
  submit: async ({ slack }, body) => failure(await slack.submit(read(submit, body))),
  press: async ({ slack }, body) => failure(await slack.clickInView(read(inView, body))),
  close: async ({ slack }, body) => failure(await slack.closeModal(read(close, body).viewId)),
  home: async ({ slack }, body) => {
    const opened = read(home, body);
    if (!('openHome' in slack) || typeof slack.openHome !== 'function')
      throw new Error('this version of Pushbutton has no App Home');
    return failure(await slack.openHome(opened));
  },
  fault: ({ faults }, body) => {
    const { id, on } = read(fault, body);
    faults.set(id, on);
    return {};
  },
  clock: async (scene, body) => {
    await scene.clock.moveClock(read(clock, body).byMs);
    return {};
  },
  kill: ({ replicas }, body) => {
    replicas.kill(read(kill, body).replica);
    return {};
  },
};

const failure = (answer: { failedWith: string | undefined } | undefined): Done => ({ failedWith: answer?.failedWith });

function read<T extends z.ZodType>(schema: T, body: unknown): z.infer<T> {
  const found = schema.safeParse(body);
  if (found.success) return found.data;
  throw new Malformed(
    found.error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`).join('; '),
  );
}
