import { receiverChecks } from '../../src/change-management/check.js';
import { examineConfig } from '../../src/doctor/doctor.js';
import { line } from '../support/installation.js';
import { type Receiver, startReceiver } from '../support/receiver.js';
import { card, land, press } from '../support/releases.js';
import { ALICE, configOf, SECRETS, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

/** Whoever sets up change management asks the doctor whether its receiver accepts what it is told. */

let team: Team;
let receiver: Receiver;
beforeAll(async () => {
  receiver = await startReceiver();
  team = await startTeam({
    config: configOf({ top: `change_ticket: { url: "${receiver.url}" }` }),
    env: { CHANGE_TICKET_SECRET: SECRETS.changeTicketSecret },
  });
});
afterAll(async () => {
  await team.stop();
  await receiver.stop();
});

const said = async (config = team.config) =>
  line(await examineConfig(config, 'pushbutton.yml'), 'service.shop.change-ticket');
const saying = (words: RegExp) =>
  until(`the doctor says ${words}`, async () => {
    const line = await said();
    if (!words.test(line)) throw new Error(`it says ${line}`);
    return line;
  });

test('the doctor says who hears of deployments and what they answered last, and sends them nothing', async () => {
  const host = new URL(receiver.url).host;
  expect(await said()).toBe(`ok: ${host}, signed with one secret; it has accepted everything`);
  receiver.answers({ status: 500 });
  const sha = await land(team);
  await press(team, ALICE, sha, 'Deploy');
  await card(team, sha, ['deploying'], ['Cancel']);
  expect(await saying(/^wrong/)).toMatch(
    new RegExp(`^wrong: ${host} answers 500, since 20[-\\dT:.]+Z\\. Look at the log of the receiver`),
  );
  receiver.answers({ status: 204 });
  await until('it has heard of it', () => receiver.taken().length === 1);
  await saying(/^ok: .*; it has accepted everything$/);
  const attempts = receiver.attempts.length;
  // At another address, nobody has answered yet.
  const elsewhere = team.config.services.map((service) => ({
    ...service,
    changeTicket: { url: 'https://changes.acme.test/secret-path', keys: [Buffer.alloc(32), Buffer.alloc(32, 1)] },
  }));
  expect(await said({ ...team.config, services: elsewhere })).toBe(
    'ok: changes.acme.test, signed with 2 secrets; nothing has been sent to this address yet',
  );
  expect(receiver.attempts).toHaveLength(attempts);
}, 60_000);

test('without the database the doctor does not know', () => {
  const one = { service: 'shop', url: 'https://changes.acme.test/', keys: [Buffer.alloc(32)] };
  expect(line(receiverChecks([one], null), 'service.shop.change-ticket')).toBe(
    'skipped: what the receiver answered last is in the database, which could not be read',
  );
});
