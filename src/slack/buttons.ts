import type { Button } from '@slack/types';
import { clip, limits } from './limits.js';

/**
 * Every button: its action id, its label, and what its value is the opaque key of. The labels are fixed by the
 * contract; what a press applies to is read from the key alone.
 */
export const BUTTONS = {
  deploy: { actionId: 'deploy', label: 'Deploy', of: 'change', style: 'primary' },
  'what ships': { actionId: 'what_ships', label: 'What ships', of: 'change', style: null },
  'why not': { actionId: 'why_not', label: 'Why not?', of: 'change', style: null },
  're-run': { actionId: 're_run', label: 'Re-run', of: 'change', style: null },
  withdraw: { actionId: 'withdraw', label: 'Withdraw', of: 'deployment', style: null },
  cancel: { actionId: 'cancel', label: 'Cancel', of: 'deployment', style: null },
  continue: { actionId: 'continue', label: 'Continue', of: 'stage', style: 'primary' },
  'stop here': { actionId: 'stop_here', label: 'Stop here', of: 'stage', style: null },
  retry: { actionId: 'retry', label: 'Retry', of: 'deployment', style: null },
  'roll back': { actionId: 'roll_back', label: 'Roll back', of: 'deployment', style: 'danger' },
  approve: { actionId: 'approve', label: 'Approve', of: 'deployment', style: 'primary' },
  reject: { actionId: 'reject', label: 'Reject', of: 'deployment', style: 'danger' },
  hold: { actionId: 'hold', label: 'Hold', of: 'change', style: null },
  'deploy now': { actionId: 'deploy_now', label: 'Deploy now', of: 'change', style: 'primary' },
  'deploy all': { actionId: 'deploy_all', label: 'Deploy all of them', of: 'change', style: 'primary' },
  resume: { actionId: 'resume', label: 'Resume', of: 'change', style: null },
  replace: { actionId: 'replace', label: 'Replace', of: 'deployment', style: null },
  'sign off': { actionId: 'sign_off', label: 'Sign off', of: 'deployment', style: 'primary' },
  refresh: { actionId: 'refresh', label: 'Refresh', of: 'page', style: null },
  'previous page': { actionId: 'previous_page', label: 'Previous', of: 'page', style: null },
  'next page': { actionId: 'next_page', label: 'Next', of: 'page', style: null },
} as const satisfies Record<
  string,
  {
    actionId: string;
    label: string;
    of: 'change' | 'deployment' | 'stage' | 'page';
    style: 'primary' | 'danger' | null;
  }
>;

export type ButtonKind = keyof typeof BUTTONS;

/**
 * The id of a row with a Roll back button. It holds the key of the deployment that Roll back deploys; a press applies
 * to that deployment alone.
 */
export const leadsTo = (key: string): string => `leads to:${key}`;

/** The key in the row id that a press brings back; null if there is none. */
export const whereItLeads = (blockId: string): string | null => /^leads to:([0-9a-f-]{36})$/.exec(blockId)?.[1] ?? null;

/** The value of a button of a stage: the key of its deployment, which names the service, and its own. */
export const ofStage = (deployment: string, stage: string): string => `${deployment}:${stage}`;

/** What is asked after a click, before anything is sent. Plain text: nothing in it is markup. */
export interface Question {
  readonly title: string;
  readonly text: string;
  readonly yes: string;
  readonly no: string;
}

/**
 * A Block Kit button. `key` is the key of the change, the deployment or the stage, or the number of a page, as `BUTTONS`
 * says, and never anything else; null for the first page.
 */
export function button(kind: ButtonKind, key: string | null, { confirm }: { confirm?: Question } = {}): Button {
  const { actionId, label, style } = BUTTONS[kind];
  return {
    type: 'button',
    action_id: actionId,
    text: plain(label, limits.element),
    ...(key !== null && { value: key }),
    ...(style && { style }),
    ...(confirm && {
      confirm: {
        title: plain(confirm.title, limits.confirmTitle),
        text: plain(confirm.text, limits.confirmText),
        confirm: plain(confirm.yes, limits.confirmButton),
        deny: plain(confirm.no, limits.confirmButton),
        ...(style && { style }),
      },
    }),
  };
}

const plain = (text: string, max: number) => ({ type: 'plain_text', text: clip(text, max), emoji: false }) as const;
