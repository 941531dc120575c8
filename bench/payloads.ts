import { createHmac, randomUUID } from 'node:crypto';

/** A request ready to be sent, signed as its sender signs. */
export interface Prepared {
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

export interface PressKind {
  readonly kind: 'press';
  readonly path: string;
  readonly secret: string;
  readonly team: string;
  readonly channel: string;
  readonly users: readonly string[];
  /** The cards that are pressed in turn, each with the opaque key in its Deploy button. */
  readonly cards: readonly PressableCard[];
  /** Where a reply to the person goes; it takes any. */
  readonly responseUrl: string;
}

export interface PressableCard {
  readonly ts: string;
  readonly key: string;
}

interface WebhookKind {
  readonly kind: 'webhook';
  readonly path: string;
  readonly secret: string;
  readonly event: string;
  /** The deliveries as GitHub made them, sent in turn. */
  readonly bodies: readonly string[];
}

export type RequestKind = PressKind | WebhookKind;

/** `count` requests of one kind, each different to the receiver: a press has its own time, a delivery its own GUID. */
export function prepare(kind: RequestKind, count: number): Prepared[] {
  return kind.kind === 'press' ? presses(kind, count) : deliveries(kind, count);
}

let pressed = 0;

/**
 * Clicks on Deploy of a card with the fields and the size (about 3 KB as sent) of a real one. The form has no charset in
 * its type: Slack sends none, and Bolt reads a form only so.
 */
function presses(kind: PressKind, count: number): Prepared[] {
  const stamp = String(Math.floor(Date.now() / 1_000));
  return Array.from({ length: count }, () => {
    pressed += 1;
    const user = kind.users[pressed % kind.users.length] ?? '';
    // Everybody gets to every card.
    const card = kind.cards[Math.floor(pressed / kind.users.length) % kind.cards.length];
    if (!card) throw new Error('there is no card to press');
    const body = `payload=${encodeURIComponent(JSON.stringify(blockActions(kind, card, user, actionTs(pressed))))}`;
    const signature = createHmac('sha256', kind.secret).update(`v0:${stamp}:${body}`).digest('hex');
    const headers = {
      'content-type': 'application/x-www-form-urlencoded',
      'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
      'x-slack-request-timestamp': stamp,
      'x-slack-signature': `v0=${signature}`,
    };
    return { path: kind.path, headers, body };
  });
}

const actionTs = (n: number): string =>
  `${Math.floor(Date.now() / 1_000)}.${String((process.pid * 7919 + n) % 1_000_000).padStart(6, '0')}${n}`;

const plainText = (text: string) => ({ type: 'plain_text', text, emoji: false });

function blockActions(kind: PressKind, card: PressableCard, user: string, at: string): object {
  const sha = '5f0c1de';
  const button = {
    action_id: 'deploy',
    block_id: 'buttons',
    text: plainText('Deploy'),
    value: card.key,
    style: 'primary',
    confirm: {
      title: plainText('Deploy shop?'),
      text: plainText(`${sha} Remember the basket for 30 days: 3 changes ship to production.`),
      confirm: plainText('Deploy'),
      deny: plainText('Not now'),
      style: 'primary',
    },
  };
  return {
    type: 'block_actions',
    team: { id: kind.team, domain: 'acme' },
    user: { id: user, username: user.toLowerCase(), name: user.toLowerCase(), team_id: kind.team },
    api_app_id: 'A0PUSHBUTTON',
    token: 'verification-token',
    enterprise: null,
    is_enterprise_install: false,
    container: { type: 'message', message_ts: card.ts, channel_id: kind.channel, is_ephemeral: false },
    trigger_id: `${at}.1764140000.${user}`,
    channel: { id: kind.channel, name: 'shop' },
    message: {
      type: 'message',
      user: 'U0BOT',
      bot_id: 'B0BOT',
      app_id: 'A0PUSHBUTTON',
      team: kind.team,
      ts: card.ts,
      text: `shop: ${sha} Remember the basket for 30 days has passed staging and can be deployed.`,
      blocks: [
        { type: 'section', block_id: 'title', text: { type: 'mrkdwn', text: `*shop* \`${sha}\` passed staging` } },
        {
          type: 'rich_text',
          block_id: 'change',
          elements: [
            { type: 'rich_text_section', elements: [{ type: 'text', text: 'Remember the basket for 30 days' }] },
          ],
        },
        {
          type: 'context',
          block_id: 'by',
          elements: [{ type: 'mrkdwn', text: 'by octocat, #142, 3 changes would ship on top of 81c2f0a' }],
        },
        { type: 'actions', block_id: 'buttons', elements: [{ type: 'button', ...button }] },
      ],
    },
    state: { values: {} },
    response_url: kind.responseUrl,
    actions: [{ type: 'button', ...button, action_ts: at }],
  };
}

function deliveries(kind: WebhookKind, count: number): Prepared[] {
  const signed = kind.bodies.map((body) => ({
    body,
    signature: `sha256=${createHmac('sha256', kind.secret).update(body).digest('hex')}`,
  }));
  return Array.from({ length: count }, (_, n) => {
    const { body, signature } = signed[n % signed.length] as (typeof signed)[number];
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'GitHub-Hookshot/5a1d4b8',
      'x-github-event': kind.event,
      'x-github-delivery': randomUUID(),
      'x-hub-signature-256': signature,
    };
    return { path: kind.path, body, headers };
  });
}
