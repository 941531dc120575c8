import { broughtTo, type Route } from '../../../src/core/change/pull-request.js';

const pull = (base: string, head: string | null, more: Partial<Route> = {}): Route => ({
  ...{ base, head, merged: true, made: false },
  ...more,
});
const open = { merged: false };

const feature = pull('develop', 'till');
const release = pull('main', 'develop', open);

test.each<[string, Route[], Route | null]>([
  [
    'the one whose merge made it, wherever it went',
    [pull('develop', 'x'), pull('trunk', 'y', { made: true })],
    pull('trunk', 'y', { made: true }),
  ],
  ['the one that goes into the branch, before one that goes elsewhere', [pull('next', 'z'), release, feature], feature],
  ['the merged one of two that go into the branch', [pull('develop', 'later', open), feature], feature],
  [
    'one that goes into the branch, though it is open still',
    [release, pull('develop', 'later', open)],
    pull('develop', 'later', open),
  ],
  [
    'one that was merged into another branch on its way',
    [release, pull('feature', 'part of it')],
    pull('feature', 'part of it'),
  ],
  ["one of a fork whose branch has the branch's name", [pull('feature', null)], pull('feature', null)],
  ['none, if the only one is open and goes elsewhere', [release], null],
  ['none, if the only one took the branch elsewhere', [pull('main', 'develop')], null],
  ['none, if there is none', [], null],
])('a commit on a branch was brought there by %s', (_, pulls, expected) => {
  expect(broughtTo('develop', pulls)).toEqual(expected);
});
