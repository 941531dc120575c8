import { digestAsked } from '../../src/slack/digest-asked.js';

test.each([
  ['', { days: 7, service: undefined, more: [] }],
  ['30d', { days: 30, service: undefined, more: [] }],
  ['shop', { days: 7, service: 'shop', more: [] }],
  ['30d shop', { days: 30, service: 'shop', more: [] }],
  ['shop 30D', { days: 30, service: 'shop', more: [] }],
  ['`1d`', { days: 1, service: undefined, more: [] }],
  ['48h', { days: 2, service: undefined, more: [] }],
  ['90d', { days: 90, service: undefined, more: [] }],
  ['91d', { days: { not: '91d' } }],
  ['0d', { days: { not: '0d' } }],
  ['-7d', { days: { not: '-7d' } }],
  ['30m', { days: { not: '30m' } }],
  ['1.5d', { days: { not: '1.5d' } }],
  ['7', { days: { not: '7' } }],
  ['7days', { days: { not: '7days' } }],
  ['shop site', { service: 'shop', more: ['site'] }],
  ['7d 30d', { days: 7, more: ['30d'] }],
  ['shop-2', { days: 7, service: 'shop-2' }],
  ['2nd-shop', { days: 7, service: '2nd-shop' }],
])('digest %s', (typed, meant) => {
  expect(digestAsked(typed.split(' ').filter(Boolean))).toMatchObject(meant);
});
