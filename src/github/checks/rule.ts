import type { Allowed } from './allowed.js';

/**
 * What GitHub takes at one place of a workflow file. Several kinds of values may be allowed at once; what is not named is
 * refused.
 */
export interface Rule {
  /** Expressions are allowed, and may read and call this. One that is the whole value may stand for any kind of it. */
  readonly reads?: Allowed;
  /** A text or a number; `some`: not an empty one. */
  readonly text?: 'any' | 'some' | RegExp | readonly string[];
  readonly flag?: true;
  readonly count?: true;
  readonly nothing?: true;
  /** Whatever it is; only the expressions in it are read. */
  readonly anything?: true;
  readonly list?: Rule;
  readonly map?: MapRule;
  /** A condition is an expression also without `${{ }}`. */
  readonly condition?: true;
  /** What the key of a job or a step decides by. */
  readonly byKeys?: (keys: readonly string[]) => Rule | string;
  /** What is said instead of what the rule allows. */
  readonly says?: string;
}

/** A mapping: its keys, those that must be there, and what any other key may have. */
interface MapRule {
  readonly keys?: Readonly<Record<string, Rule>>;
  readonly needs?: readonly string[];
  readonly others?: Rule;
  /** The form of those other keys. */
  readonly named?: RegExp;
}

/** A text; also an empty one. */
export const text = (reads?: Allowed): Rule => ({ text: 'any', ...(reads && { reads }) });
/** A text that is not empty. */
export const some = (reads?: Allowed): Rule => ({ text: 'some', ...(reads && { reads }) });
/** A mapping with any keys. */
export const mapOf = (others: Rule, reads?: Allowed): Rule => ({ map: { others }, ...(reads && { reads }) });
/** One of these words. */
export const either = (...words: string[]): Rule => ({ text: words });
/** One such value, or a list of them. */
export const someOrMore = (rule: Rule): Rule => ({ ...rule, list: rule });
