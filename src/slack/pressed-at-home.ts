import type { BlockAction } from '@slack/bolt';
import { BUTTONS } from './buttons.js';

/** The Home tab as the person saw it who pressed something there. */
export interface SeenHome {
  readonly page: number;
  /** Slack's hash of the view; null when it is not known. */
  readonly hash: string | null;
}

/** Tells that somebody pressed something on their Home tab. Never throws. */
export type PressedAtHome = (user: string, seen: SeenHome) => Promise<void>;

/** The Home tab on which a button was pressed; null if it was elsewhere. */
export function seenHome(view: BlockAction['view']): SeenHome | null {
  return view?.type === 'home' ? { page: pageOf(view.blocks), hash: view.hash ?? null } : null;
}

/** Refresh has the page in its value, and none for the first. */
function pageOf(blocks: readonly object[]): number {
  const elements = blocks.flatMap((block) =>
    'elements' in block && Array.isArray(block.elements) ? block.elements : [],
  );
  const refresh = (elements as { action_id?: unknown; value?: unknown }[]).find(
    (one) => one.action_id === BUTTONS.refresh.actionId,
  );
  const value = String(refresh?.value ?? '');
  return /^[1-9]\d{0,5}$/.test(value) ? Number(value) : 1;
}
