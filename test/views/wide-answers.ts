import type { Answered } from '../../src/core/deployment/asks.js';

/** So many answers of that length, and a checklist. */
export const wideAnswers = (count: number, letters: number): Answered => ({
  given: Array.from({ length: count }, (_, n) => {
    const words = `<!channel>${'\u{1F680}'.repeat(letters / 2)}`;
    return { input: `input_${n}`, label: `Question ${n}?`, value: words, words };
  }),
  checked: ['The runbook was read', 'Support knows'],
});
