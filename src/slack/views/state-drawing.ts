import type { Button } from '@slack/types';
import type { Phrase } from './rich.js';

/** One state as drawn: its mark, its fixed words, what follows them on the line, and what stands below. */
export interface StateDrawing {
  readonly mark: string;
  readonly words: string;
  readonly detail: Phrase;
  /** The production run's address; drawn only, because it says nothing when read out. */
  readonly run: string | null;
  /** What failed, as a list. */
  readonly failing: readonly Phrase[];
  /** Sentences below; they are read out too. */
  readonly lines: readonly Phrase[];
  readonly buttons: readonly Button[];
}

/** The empty parts of a drawing; a state fills in what it needs. */
export const nothing = { detail: [], run: null, failing: [], lines: [], buttons: [] } as const;
