import { type Where, type WhereFacts, whereIs } from '../../src/core/where.js';

const ref = (id: number) => ({ id, key: `key-${id}`, sha: `${id}`.repeat(40), title: `Change ${id}` });
const since = new Date('2026-11-23T09:00:00Z');
const live = (id: number) => ({ change: ref(id), runNumber: id, since });
const newest = (id: number) => ({ change: ref(id), runNumber: id });

/** Change 5 of a service, which passed staging and is its newest; nothing is live. */
const where = (given: Partial<WhereFacts> = {}): Where =>
  whereIs({
    ...{ id: 5, runNumber: 5, staging: 'passed', badBy: null, undone: false, latest: null, live: null },
    newest: newest(5),
    ...given,
  });

test.each<[string, Partial<WhereFacts>, Where]>([
  ['it waits for Deploy', {}, { is: 'waiting', after: null }],
  ['it waits for Deploy again', { latest: 'failed' }, { is: 'waiting', after: 'failed' }],
  ['it is under way, whatever is live', { latest: 'queued', live: live(9) }, { is: 'under way', status: 'queued' }],
  ['it is live', { latest: 'live', live: live(5) }, { is: 'live', since }],
  ['it is live after a rollback to it', { latest: 'live', live: live(5), newest: newest(8) }, { is: 'live', since }],
  ['a newer one took it along', { live: live(9), newest: newest(9) }, { is: 'shipped', with: ref(9) }],
  [
    'a newer one took it along although it failed',
    { live: live(9), staging: 'failed' },
    { is: 'shipped', with: ref(9) },
  ],
  ['a rollback removed it', { undone: true, latest: 'live', live: live(3) }, { is: 'undone' }],
  ['staging runs', { staging: 'running', newest: newest(4), live: live(4) }, { is: 'staging runs' }],
  ['staging failed', { staging: 'failed', newest: newest(4) }, { is: 'failed staging' }],
  ['it was marked bad', { badBy: 'U0BOB', newest: newest(8) }, { is: 'bad', by: 'U0BOB' }],
  ['a newer one will take it along', { newest: newest(8), live: live(3) }, { is: 'superseded', by: ref(8) }],
  ['nobody knows what is live', { newest: newest(5), latest: 'live' }, { is: 'waiting', after: 'live' }],
])('%s', (_, facts, expected) => expect(where(facts)).toEqual(expected));
