import type { Presser } from '../core/command.js';
import type { ReplyTo } from '../db/inbox.js';
import { type AnswerDeps, createAnswers } from './answers.js';
import type { ShowHome } from './home.js';
import { forFullMember } from './questions.js';
import { tellAlone } from './tell.js';
import { couldNotRead } from './views/could-not-read.js';

export interface TurnPageDeps extends AnswerDeps {
  readonly warn: (details: object, message: string) => void;
}

/** Where Next, Previous or Refresh was pressed: `view` is the Home tab as the person saw it, else it was an answer. */
export interface Turned {
  readonly by: Presser;
  /** What the button says, unchecked. */
  readonly page: string;
  readonly view: { readonly hash: string | undefined } | null;
  readonly reply: ReplyTo;
}

/** Shows another page of the services in the place of the one that was there. It changes nothing. Never throws. */
export function createTurnPage(deps: TurnPageDeps, showHome: ShowHome): (turned: Turned) => Promise<void> {
  const { statusPage } = createAnswers(deps);
  return async ({ by, page: said, view, reply }) => {
    const page = /^\d{1,6}$/.test(said) ? Number(said) : 1;
    if (view) return showHome(by, view.hash, page);
    let found = false;
    const message = await forFullMember(deps.people, by, async () => {
      const shown = await statusPage(page);
      found = true;
      return shown;
    }).catch((error: unknown) => {
      deps.warn({ err: error }, 'a page of the services could not be read');
      return couldNotRead();
    });
    // Why there is no other page stands beside the one that is there, and so do its buttons.
    await tellAlone(deps.client, { ...reply, replaces: found && reply.message === null }, message);
  };
}
