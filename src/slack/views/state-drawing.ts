import type { Button } from '@slack/types';
import type { Phrase } from './rich.js';

/** One state as it is drawn: its sign, its fixed words, what follows them on the line, and what stands below. */
export interface StateDrawing {
  readonly mark: string;
  readonly words: string;
  readonly detail: Phrase;
  /** The production run's address; drawn only, for it says nothing when read out. */
  readonly run: string | null;
  /** What failed, as a list. */
  readonly failing: readonly Phrase[];
  /** Sentences below; they are read out too. */
  readonly lines: readonly Phrase[];
  readonly buttons: readonly Button[];
}

/** The parts of a drawing that say nothing, for a state to fill what it needs. */
export const nothing = { detail: [], run: null, failing: [], lines: [], buttons: [] } as const;
