/** What a report says about a failure, in a few words. */

import { hash } from 'node:crypto';
import type { TestFailure } from '../core/change/change.js';
import { plain } from '../core/change/plain.js';
import { withoutSecrets } from '../log/others-secrets.js';
import type { Case, Told } from './dialects.js';

const MOST_NAME = 300;
const MOST_MESSAGE = 300;

// biome-ignore lint/suspicious/noControlCharactersInRegex: the colours of a terminal, with or without their first character
const COLOURS = /\u001b?\[\d+(?:;\d+)*m/g;
const clean = (text: string, max: number): string | null => plain(text.replace(COLOURS, ''), max) || null;
/** What a test says may repeat what it was given, such as a token. */
const reported = (text: string): string | null => clean(withoutSecrets(text.replace(COLOURS, '')), MOST_MESSAGE);
const lines = (text: string): string[] => text.split(/\r?\n/).map((line) => line.trim());
const firstLine = (text: string): string | undefined => lines(text).find((line) => line !== '');

/** Where the reason stands when a tool's message attribute says nothing and its text begins with something else. */
const REASONS: readonly {
  readonly tool: string;
  readonly fits: (told: Told) => boolean;
  readonly reason: (told: Told) => string | undefined;
}[] = [
  {
    tool: 'Boost.Test 1.74',
    fits: (told) => told.message === 'failure' && told.text.includes('- message:'),
    reason: (told) => /- message: *(.*)/.exec(told.text)?.[1],
  },
  {
    tool: 'gotestsum 1.8',
    fits: (told) => told.message === 'Failed',
    reason: (told) => lines(told.text).find((line) => line !== '' && !/^(===|---) /.test(line)),
  },
  {
    tool: 'PHPUnit 9.6',
    fits: (told) => told.message === '' && /^PHPUnit\\|^[\w\\]+::\w+/.test(`${told.type}\n${told.text}`),
    reason: (told) => lines(told.text).filter((line) => line !== '')[1],
  },
  {
    tool: 'EUnit of OTP 25',
    fits: (told) => told.message === '' && told.text.includes('**'),
    reason: (told) => /\*\*(.*)/.exec(told.text)?.[1],
  },
  {
    tool: 'jest-junit 17, a hook after all tests',
    fits: (told) => told.message === '' && told.text.trimStart().startsWith('{"message"'),
    reason: (told) => /"stack":"([^"\\]*)/.exec(told.text)?.[1],
  },
];

function reasonOf(told: Told): string | undefined {
  const special = REASONS.find((one) => one.fits(told))?.reason(told);
  return special?.trim() || firstLine(told.message) || firstLine(told.text);
}

/** How much of a path tells files apart, wherever the runner has its folder. */
const SEGMENTS = 3;

/**
 * The same for the same test in another run, by what does not change: not the name of its suite, in which browsers write their
 * versions, and not its whole path.
 */
export function identityOf({ className, name, file, told = [] }: Identified): string {
  const tag = told.find((one) => one.tag !== '')?.tag ?? '';
  const place = file.split(/[\\/]/).slice(-SEGMENTS).join('/');
  return hash('sha1', [className, name, tag, place].join('\0'), 'base64').slice(0, 12);
}

type Identified = Pick<Case, 'className' | 'name' | 'file'> & Partial<Pick<Case, 'told'>>;

/** A test by its name and the class or suite in which it stands. */
export function namesOf(test: Pick<Case, 'name' | 'className'>): {
  readonly name: string;
  readonly suite: string | null;
} {
  const name = clean(test.name, MOST_NAME);
  const within = clean(test.className, MOST_NAME);
  return { name: name ?? within ?? 'a test without a name', suite: name === null || within === name ? null : within };
}

/** A failed test by its name, with the first line of what it says about the reason. */
export function failureOf(test: Case, suite: { readonly name: string; readonly file: string }): TestFailure {
  const told = test.told.filter((one) => one.element !== 'skipped');
  const reason = told.map(reasonOf).find(Boolean) ?? test.told.map(reasonOf).find(Boolean) ?? firstLine(test.output);
  const tag = told.find((one) => one.tag !== '')?.tag;
  const name = clean(tag ? `${test.name} (${tag})` : test.name, MOST_NAME);
  const within = clean(test.className, MOST_NAME) ?? clean(suite.name, MOST_NAME);
  return {
    name: name ?? within ?? 'a test without a name',
    suite: name === null || within === name ? null : within,
    file: clean(test.file || suite.file, MOST_NAME),
    message: reported(reason ?? ''),
  };
}

/** A failure that is no test: what it is said of, and the first line of the reason. */
export function outsideFailure(name: string, reason: string): TestFailure {
  return {
    name: clean(name, MOST_NAME) ?? 'the test run',
    suite: null,
    file: null,
    message: reported(firstLine(reason) ?? ''),
  };
}
