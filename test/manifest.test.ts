import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { SHORTCUTS } from '../sandbox/slack/shortcuts.js';

const manifest = parse(readFileSync('manifest.yml', 'utf8'));
const address = 'https://pushbutton.example.com/slack/events';

// From Slack's manifest schema (slackapi/manifest-schema, 1.0.0): it refuses every other key.
const keys: Record<string, string[]> = {
  '': ['_metadata', 'display_information', 'features', 'oauth_config', 'settings'],
  _metadata: ['major_version', 'minor_version'],
  display_information: ['name', 'description', 'long_description', 'background_color'],
  features: ['app_home', 'bot_user', 'shortcuts', 'slash_commands', 'unfurl_domains'],
  'features.app_home': ['home_tab_enabled', 'messages_tab_enabled', 'messages_tab_read_only_enabled'],
  'features.bot_user': ['display_name', 'always_online'],
  'features.shortcuts.0': ['name', 'type', 'callback_id', 'description'],
  'features.slash_commands.0': ['command', 'url', 'description', 'usage_hint', 'should_escape'],
  oauth_config: ['redirect_urls', 'scopes', 'token_management_enabled', 'pkce_enabled'],
  'oauth_config.scopes': ['bot', 'user', 'bot_optional', 'user_optional'],
  settings: [
    'allowed_ip_address_ranges',
    'event_subscriptions',
    'interactivity',
    'org_deploy_enabled',
    'socket_mode_enabled',
    'token_rotation_enabled',
  ],
  'settings.event_subscriptions': ['request_url', 'bot_events', 'user_events'],
  'settings.interactivity': ['is_enabled', 'request_url', 'message_menu_options_url'],
};

function unknownKeys(value: unknown, path: string): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inside]) => {
    const inner = path ? `${path}.${key}` : key;
    const known = Array.isArray(value) || keys[path]?.includes(key);
    return [...(known ? [] : [inner]), ...unknownKeys(inside, inner)];
  });
}

test('every key is one that Slack knows', () => expect(unknownKeys(manifest, '')).toEqual([]));

test('the scopes are those that were promised, no more', () => {
  const { bot, bot_optional: optional, ...others } = manifest.oauth_config.scopes;
  const required =
    'chat:write commands users:read users:read.email usergroups:read channels:read groups:read im:write app_mentions:read';
  expect(optional).toEqual(['channels:history', 'groups:history']);
  // Slack's manifest reference: a scope of bot_optional stands in bot as well.
  expect(bot).toEqual([...required.split(' '), ...optional]);
  expect(others).toEqual({});
});

test('texts are as long as Slack takes them', () => {
  const { name, description, long_description: long, background_color: colour } = manifest.display_information;
  expect(name.length).toBeLessThanOrEqual(35);
  expect(description.length).toBeLessThanOrEqual(140);
  expect(long.length).toBeGreaterThanOrEqual(175);
  expect(long.length).toBeLessThanOrEqual(4_000);
  expect(colour).toMatch(/^#[0-9a-f]{6}$/);
  expect(manifest.features.bot_user.display_name.length).toBeLessThanOrEqual(80);
  const [command] = manifest.features.slash_commands;
  expect(command.description.length).toBeLessThanOrEqual(2_000);
  expect(command.usage_hint.length).toBeLessThanOrEqual(1_000);
});

test('one shortcut of messages, which the stand-in offers as well, named as short as Slack takes it', () => {
  const [shortcut, ...others] = manifest.features.shortcuts;
  expect(others).toEqual([]);
  expect(shortcut).toMatchObject({ type: 'message', ...SHORTCUTS[0] });
  expect(shortcut.name.length).toBeLessThanOrEqual(24);
  expect(shortcut.description.length).toBeLessThanOrEqual(150);
});

test('one command, two events, a Home tab, and all that Slack sends goes to one address', () => {
  expect(manifest.features.slash_commands).toEqual([
    expect.objectContaining({
      command: '/release',
      url: address,
      should_escape: false,
      usage_hint: expect.any(String),
    }),
  ]);
  expect(manifest.features.app_home).toMatchObject({ home_tab_enabled: true, messages_tab_enabled: true });
  expect(manifest.settings).toEqual({
    event_subscriptions: { request_url: address, bot_events: ['app_mention', 'app_home_opened'] },
    interactivity: { is_enabled: true, request_url: address },
    org_deploy_enabled: false,
    socket_mode_enabled: false,
    token_rotation_enabled: false,
  });
});
