import { manifestScopes } from '../../src/slack/checks/manifest.js';
import { APP_TOKEN, CONFIG, type Installation, install } from '../support/installation.js';

let shop: Installation;
beforeEach(async () => {
  shop = await install();
});
afterEach(() => shop.stop());

const manifest = manifestScopes('manifest.yml');
const REQUIRED = manifest?.bot.filter((scope) => !manifest.optional.includes(scope)) ?? [];

describe('the token', () => {
  test('is told with the bot and the workspace that it is for', async () => {
    expect(await shop.verdict('slack.token')).toBe('ok: @pushbutton in the workspace acme');
  });

  test('that Slack refuses is wrong, and what rests on it is skipped', async () => {
    const checks = await shop.examined(CONFIG, { SLACK_BOT_TOKEN: 'xoxb-of-another-app' });
    const of = (id: string) => checks.find((one) => one.id === id)?.verdict;
    expect(of('slack.token')).toMatchObject({ is: 'wrong', found: 'Slack refuses SLACK_BOT_TOKEN: invalid_auth' });
    for (const id of [
      'slack.scopes',
      'slack.optional-scopes',
      'slack.channel.C0SHOP',
      'slack.user.U0OPS',
      'slack.group.S0DEPLOY',
    ])
      expect(of(id)).toEqual({ is: 'skipped', why: 'could not sign in to Slack (see token)' });
    expect(of('github.sign-in')).toMatchObject({ is: 'ok' });
  });

  test.each([
    [
      'a Slack that is not reached',
      { kind: 'refuse' as const },
      /^wrong: Slack does not answer: (ECONNRESET|UND_ERR_SOCKET)/,
    ],
    ['a Slack that is unwell', { kind: 'http' as const, status: 503 }, /^wrong: Slack does not answer: /],
    ['a rate limit', { kind: 'error' as const, error: 'ratelimited', retryAfter: 7 }, /^skipped: .* run again in 7 s$/],
  ])('%s is told as that', async (_, fault, expected) => {
    shop.slack.fail('auth.test', fault);
    expect(await shop.verdict('slack.token')).toMatch(expected);
  });
});

describe('the workspace', () => {
  test('is told with its kind, since that decides who is a full member', async () => {
    expect(await shop.verdict('slack.workspace')).toBe('ok: acme, a workspace of its own');
    shop.slack.joinOrganisation({ id: 'E0ACME', name: 'Acme' });
    expect(await shop.verdict('slack.workspace')).toBe(
      'ok: acme, one of an Enterprise Grid organisation: whoever has acme among their workspaces is a member',
    );
  });

  test('decides about the people whom the config names, before the first press', async () => {
    shop.slack.joinOrganisation({ id: 'E0ACME', name: 'Acme' });
    shop.slack.changeUser('U0ALICE', { infoTeam: null, teams: ['T0PARIS', 'T0HOME'] });
    expect(await shop.verdict('slack.user.U0ALICE')).toBe('ok: @alice');
    shop.slack.changeUser('U0ALICE', { teams: ['T0PARIS'] });
    expect(await shop.verdict('slack.user.U0ALICE')).toMatch(/^wrong: @alice belongs to another workspace\./);
  });

  test('is none when the app was installed to the whole organisation', async () => {
    shop.slack.joinOrganisation({ id: 'E0ACME', name: 'Acme' });
    shop.slack.workspace.installedToOrganisation = true;
    expect(await shop.verdict('slack.workspace')).toMatch(
      /^wrong: the app is installed to a whole Enterprise Grid organisation, .*\. Install it to one workspace \(/,
    );
  });
});

describe('scopes', () => {
  test('are compared with the manifest', async () => {
    expect(REQUIRED.length).toBeGreaterThan(5);
    expect(await shop.verdict('slack.scopes')).toBe(`ok: all ${REQUIRED.length} of the manifest`);
    shop.slack.setScopes(REQUIRED.filter((scope) => scope !== 'users:read'));
    expect(await shop.verdict('slack.scopes')).toMatch(/^wrong: users:read is missing\. Add it at .*Reinstall/);
    expect(await shop.verdict('slack.user.U0OPS')).toBe('skipped: the token lacks the scope for this (see scopes)');
    shop.slack.setScopes(['chat:write', 'users:read']);
    expect(await shop.verdict('slack.scopes')).toMatch(/^wrong: commands, .* and .* are missing\. Add them/);
    expect(await shop.verdict('slack.group.S0DEPLOY')).toMatch(/^skipped: the token lacks the scope/);
    expect(await shop.verdict('slack.channel.C0SHOP')).toMatch(/^skipped: the token lacks channels:read/);
    shop.slack.setScopes(REQUIRED.filter((scope) => scope !== 'chat:write'));
    expect(await shop.verdict('slack.channel.C0SHOP')).toMatch(/^skipped: .*chat:write/);
  });

  test('that a team may leave out are not wrong', async () => {
    expect(await shop.verdict('slack.optional-scopes')).toMatch(/^ok: without channels:history and groups:history/);
    shop.slack.setScopes([...REQUIRED, 'channels:history', 'groups:history']);
    expect(await shop.verdict('slack.optional-scopes')).toBe('ok: channels:history and groups:history');
    expect(await shop.verdict('slack.scopes')).toMatch(/^ok/);
  });
});

describe('socket mode', () => {
  const by = (SLACK_APP_TOKEN: string) => shop.verdict('slack.socket', CONFIG, { SLACK_APP_TOKEN });
  test('works when Slack opens a socket', async () => {
    expect(await by(APP_TOKEN)).toBe('ok: Slack opens a socket for SLACK_APP_TOKEN');
  });
  test('is wrong with a token that Slack refuses, or that lacks its scope', async () => {
    expect(await by('xapp-1-of-another-app')).toMatch(/^wrong: .*: invalid_auth\. Turn Socket Mode on/);
    shop.slack.fail('apps.connections.open', { kind: 'error', error: 'missing_scope' });
    expect(await by(APP_TOKEN)).toMatch(
      /^wrong: .*: missing_scope\. Create a new app-level token with the scope connections:write/,
    );
  });
  test('is skipped when Slack does not answer', async () => {
    shop.slack.fail('apps.connections.open', { kind: 'lost' });
    expect(await by(APP_TOKEN)).toMatch(/^skipped/);
  });
});

describe('a channel', () => {
  const channel = (config?: string) => shop.verdict('slack.channel.C0SHOP', config);
  test.each([
    [
      'without the bot',
      () => shop.slack.remove('C0SHOP'),
      'wrong: the bot is not in #shop. Type in the channel: /invite @pushbutton',
    ],
    [
      'that is archived',
      () => shop.slack.changeChannel('C0SHOP', { archived: true }),
      /^wrong: #shop is archived\. Unarchive it/,
    ],
    [
      'shared with another company',
      () => shop.slack.changeChannel('C0SHOP', { ext_shared: true }),
      /^wrong: #shop is shared with another company, .*Name another channel for shop/,
    ],
    [
      'where the bot may not post',
      () => shop.slack.changeChannel('C0SHOP', { read_only: true }),
      /^wrong: the bot may not post in #shop\. .*Posting permissions/,
    ],
    [
      'that Slack does not tell of',
      () => shop.slack.fail('conversations.info', { kind: 'lost' }),
      /^skipped: Slack did not answer/,
    ],
  ] as const)('%s', async (_, breaks, expected) => {
    breaks();
    expect(await channel()).toMatch(expected);
  });

  test('that does not exist, or is private without the bot, looks the same to it', async () => {
    shop.slack.addChannel({ id: 'C0SECRET', name: 'secret', private: true, bot: false });
    for (const id of ['C0NOWHERE', 'C0SECRET']) {
      const told = await shop.verdict(`slack.channel.${id}`, CONFIG.replace('C0SHOP', id));
      expect(told).toMatch(
        new RegExp(`^wrong: the bot cannot see a channel ${id}\\. Compare the id .* /invite @pushbutton$`),
      );
    }
    shop.slack.invite('C0SECRET');
    expect(await shop.verdict('slack.channel.C0SECRET', CONFIG.replace('C0SHOP', 'C0SECRET'))).toBe(
      'ok: #secret, with the bot in it',
    );
  });
});

describe('a person whom the config names', () => {
  test.each([
    ['who left', { deleted: true }, 'is deactivated'],
    ['who is a guest', { guest: 'restricted' as const }, 'is a guest'],
    ['who is a bot', { bot: true }, 'is a bot'],
    ['of another company', { team_id: 'T0OTHER' }, 'belongs to another workspace'],
  ])('%s may not act', async (_, change, words) => {
    shop.slack.changeUser('U0ALICE', change);
    expect(await shop.verdict('slack.user.U0ALICE')).toBe(
      `wrong: @alice ${words}. Remove the id from deployers of shop, people.octocat: only full members may act.`,
    );
  });

  test('who does not exist is told with each place that names them', async () => {
    const config = CONFIG.replace('[U0OPS]', '[U0NOBODY]');
    expect(await shop.verdict('slack.user.U0NOBODY', config)).toMatch(
      /^wrong: .* no user .*Put the right id into operators/,
    );
  });

  test('who only wrote commits may have left, and a rate limit is no fault', async () => {
    const config = CONFIG.replace('octocat: U0ALICE', 'octocat: U0ALICE, bob-codes: U0BOB');
    shop.slack.changeUser('U0BOB', { deleted: true });
    expect(await shop.verdict('slack.user.U0BOB', config)).toBe('ok: @bob, who is deactivated');
    shop.slack.fail('users.info', { kind: 'error', error: 'ratelimited', retryAfter: 30 }, Number.POSITIVE_INFINITY);
    expect(await shop.verdict('slack.user.U0BOB', config)).toMatch(/^skipped: Slack's rate limit: run again in 30 s$/);
  });
});

describe('a group that the config names', () => {
  const group = (config?: string) => shop.verdict('slack.group.S0DEPLOY', config);
  test('gives its members the right', async () => {
    expect(await group()).toBe('ok: @deployers, 1 member');
  });
  test('that is disabled or empty gives nobody any', async () => {
    shop.slack.setGroupUsers('S0DEPLOY', []);
    expect(await group()).toMatch(
      /^wrong: @deployers is empty\. Add its members .* or remove it from deployers of shop\.$/,
    );
    shop.slack.disableGroup('S0DEPLOY');
    expect(await group()).toMatch(/^wrong: @deployers is disabled\. Enable it/);
  });
  test('that does not exist', async () => {
    const config = CONFIG.replace('S0DEPLOY', 'S0NOBODY');
    expect(await shop.verdict('slack.group.S0NOBODY', config)).toMatch(
      /^wrong: the workspace has no user group with this id/,
    );
  });
  test('is asked for in one call, however many there are', async () => {
    shop.slack.addGroup({ id: 'S0LEADS', handle: 'leads', name: 'Leads', users: ['U0ALICE'] });
    await shop.examined(CONFIG.replace('S0DEPLOY', 'S0DEPLOY, S0LEADS'));
    expect(shop.slack.calls('usergroups.list')).toHaveLength(1);
  });
  test('in a workspace whose plan has no groups', async () => {
    shop.slack.fail('usergroups.list', { kind: 'error', error: 'plan_upgrade_required' });
    expect(await group()).toMatch(
      /^wrong: .* its plan does not include them\. Name users in deployers of shop instead\.$/,
    );
  });
});

describe('people who may approve', () => {
  const approvers = (rule: string, deployers = 'U0ALICE, S0DEPLOY') =>
    shop.verdict('slack.approvers.shop', CONFIG.replace('[U0ALICE, S0DEPLOY]', `[${deployers}]\n    ${rule}`));
  const leads = (...users: string[]) => shop.slack.addGroup({ id: 'S0LEADS', handle: 'leads', name: 'Leads', users });

  test('are counted besides each deployer, members of groups too', async () => {
    leads('U0ALICE', 'U0OPS');
    expect(await approvers('approvals: { required: 1, from: [S0LEADS] }')).toBe(
      'ok: 1 needed, 1 to 2 people can approve',
    );
    expect(await approvers('approvals: { required: 2, from: [S0LEADS] }')).toBe(
      'ok: 2 needed, 1 to 2 people can approve; too few for 1 of the 2 deployers',
    );
    expect(await approvers('rollback: { approvals: 1 }', 'U0ALICE, U0BOB')).toBe('ok: 1 needed, 1 person can approve');
  });
  test('too few are wrong', async () => {
    leads('U0ALICE', 'U0OPS');
    expect(await approvers('approvals: { required: 3, from: [S0LEADS] }')).toMatch(
      /^wrong: 3 people must approve, but at most 2 can approve a deployer's request\. Name more people in approvals\.from of shop/,
    );
    leads();
    expect(await approvers('approvals: { required: 1, from: [S0LEADS] }')).toMatch(
      /^wrong: 1 person must approve, but at most 0/,
    );
    leads('U0BOB');
    shop.slack.disableGroup('S0LEADS');
    expect(await approvers('approvals: { required: 1, from: [S0LEADS] }')).toMatch(
      /^wrong: 1 person must approve, but at most 0/,
    );
  });
  test('are not counted where Slack does not show the groups, and have no line where nobody has to approve', async () => {
    shop.slack.fail('usergroups.list', { kind: 'error', error: 'ratelimited', retryAfter: 7 });
    expect(await approvers('approvals: { required: 1, from: [S0LEADS] }')).toMatch(/^skipped: the groups could not/);
    expect((await shop.examined()).filter(({ id }) => id.includes('approvers'))).toEqual([]);
  });
});
