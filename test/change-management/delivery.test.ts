import { Webhook } from 'standardwebhooks';
import { deliveryBody, deliveryId } from '../../src/change-management/delivery.js';
import { signedHeaders } from '../../src/change-management/sign.js';
import { NEWS_KINDS, type OutcomeNews } from '../../src/core/outcome-news.js';

const news: OutcomeNews = {
  ...{ kind: 'live', seq: 7, hash: 'ab'.repeat(32), at: new Date('2026-11-30T10:00:00Z'), actor: 'pushbutton' },
  ...{
    reason: null,
    service: 'shop',
    sha: 'c'.repeat(40),
    deployId: 'pb-1',
    deploys: 'deploy',
    requestedBy: 'U0ALICE',
  },
  ...{
    isOverride: false,
    runUrl: 'https://github.com/acme/shop/actions/runs/1',
    liveBefore: null,
    tickets: ['SHOP-1'],
  },
};
const typeOf = (over: Partial<OutcomeNews>) => JSON.parse(deliveryBody({ ...news, ...over }, 'acme/shop')).type;

test('a receiver verifies a delivery with the library of the standard, by either key while one is replaced', () => {
  const keys = [Buffer.alloc(32, 'n'), Buffer.alloc(32, 'o')];
  const body = deliveryBody(news, 'acme/shop');
  const headers = signedHeaders({ id: deliveryId(news), at: new Date(), body }, keys);
  for (const key of keys) {
    const verifier = new Webhook(`whsec_${key.toString('base64')}`);
    expect(verifier.verify(body, headers)).toMatchObject({ type: 'deployment.live' });
    expect(() => verifier.verify(body.replace('SHOP-1', 'SHOP-2'), headers)).toThrow('No matching signature');
    expect(() => verifier.verify(body, { ...headers, 'webhook-id': 'pb_other' })).toThrow('No matching signature');
  }
  const old = signedHeaders({ id: deliveryId(news), at: new Date(Date.now() - 360_000), body }, keys);
  expect(() => new Webhook(`whsec_${keys[0]?.toString('base64')}`).verify(body, old)).toThrow('too old');
});

test('the example of the specification has the signature that its library makes', () => {
  const key = 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  const at = new Date(1_614_265_330_000);
  const headers = signedHeaders({ id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', at, body: '{"test": 2432232314}' }, [
    Buffer.from(key, 'base64'),
  ]);
  expect(headers['webhook-signature']).toBe(
    new Webhook(`whsec_${key}`).sign('msg_p5jXN8AQM9LWM0D4loKWxJek', at, '{"test": 2432232314}'),
  );
});

test.each<[string, Partial<OutcomeNews>]>([
  ['deployment.requested', { kind: 'requested' }],
  ['deployment.requested', { kind: 'break glass', isOverride: true }],
  ['deployment.approved', { kind: 'approved' }],
  ['deployment.live', { kind: 'live', deploys: 'retry' }],
  ['deployment.rolled_back', { kind: 'live', deploys: 'roll back' }],
  ['deployment.failed', { kind: 'failed', deploys: 'roll back' }],
  ['deployment.lost', { kind: 'given up' }],
])('%s', (type, over) => expect(typeOf(over)).toBe(type));

test('every line that is news has a type, and an approval names nobody', () => {
  for (const kind of NEWS_KINDS) expect(typeOf({ kind })).toMatch(/^deployment\.[a-z_]+$/);
  const approved = deliveryBody({ ...news, kind: 'approved', reason: 'authors not found in Slack: Ada' }, 'acme/shop');
  expect(approved).not.toContain('Ada');
});

test('the run is told once the deployment has ended, so that a late attempt says what the first one said', () => {
  expect(JSON.parse(deliveryBody({ ...news, kind: 'requested' }, 'acme/shop')).data.run_url).toBeNull();
  expect(JSON.parse(deliveryBody(news, 'acme/shop')).data.run_url).toBe(news.runUrl);
});
