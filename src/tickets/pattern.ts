import { RE2JS, RE2JSException } from 're2js';

/** Room for any pattern of an id; a longer program takes too long for each character of a text. */
const MOST_STEPS = 300;

/**
 * A pattern in RE2's syntax, which needs a time that grows with the text alone, whatever the pattern: there is nothing that
 * a text could make it try for ever (github.com/google/re2/wiki/WhyRE2). It lacks look-around and back references for that.
 */
export type Pattern = RE2JS;

/** The pattern; or what is wrong with it, in a few words. */
export function compiled(text: string): Pattern | { readonly fault: string } {
  try {
    const pattern = RE2JS.compile(text);
    if (pattern.programSize() > MOST_STEPS) return { fault: 'too many repetitions' };
    return pattern.matches('') ? { fault: 'matches nothing at all, too' } : pattern;
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    return { fault: error.message.replace(/^error parsing regexp: /, '').replace(/: `[\s\S]*`$/, '') };
  }
}
