import { createContext, useContext } from 'react';
import type { Person, Shown } from '../demo/shown.js';

/** A phone has room for only one of the two. */
export type Side = 'slack' | 'behind';

/** What the parts of the page share. */
export interface Page {
  shown: Shown;
  me: Person;
  /** Id of the open channel, or `home` for the app's Home tab. */
  place: string;
  go: (place: string) => void;
  /** Does something at the demo. True when it is done; errors are shown to the person. */
  act: (action: string, body: object) => Promise<boolean>;
  /** Shows something to the person for a while. */
  tell: (words: string) => void;
  /** The service that a push goes to; empty for the first. */
  pushesTo: string;
  pushTo: (service: string) => void;
  /** Opens the thread of a message, given by its time. */
  openThread: (ts: string | null) => void;
}

const Context = createContext<Page | null>(null);
export const PageProvider = Context.Provider;

/** The page around this part. */
export function usePage(): Page {
  const page = useContext(Context);
  if (!page) throw new Error('a part of the page was drawn outside of it');
  return page;
}
