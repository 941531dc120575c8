import { isJson, type Json } from './block-kit/check.js';
import { problemsInView } from './block-kit/validate.js';
import { changeView, openModals, showView } from './methods/views.js';
import type { View, Workspace } from './workspace.js';

/**
 * Does with a modal what the bot's 200 to its submission asks for: an empty answer closes it, `errors`, `update`,
 * `push` and `clear` do what they say. Returns the reason if Slack would show the person that something went wrong.
 */
export function answerSubmission(workspace: Workspace, view: View, body: string): string | undefined {
  const answer = read(body);
  if (!answer) return 'invalid_json';
  view.errors = {};
  switch (answer.response_action) {
    case undefined:
      view.open = false;
      break;
    case 'clear':
      for (const one of openModals(workspace, view.user)) one.open = false;
      break;
    case 'errors':
      return showErrors(workspace, view, answer.errors);
    case 'update':
    case 'push': {
      const problem = problemsInView(answer.view)[0];
      if (problem !== undefined || !isJson(answer.view)) return `invalid_arguments: ${problem}`;
      if (answer.response_action === 'update') changeView(workspace, view, answer.view);
      else if (openModals(workspace, view.user).length >= 3) return 'push_limit_reached';
      else showView(workspace, view.user, answer.view, view);
      break;
    }
    default:
      return `unknown response_action: ${String(answer.response_action)}`;
  }
  workspace.changed();
  return undefined;
}

function showErrors(workspace: Workspace, view: View, errors: unknown): string | undefined {
  if (!isJson(errors) || Object.keys(errors).length === 0) return 'errors are missing';
  const blocks = (view.definition.blocks as Json[]).filter((block) => block.type === 'input');
  for (const [block, message] of Object.entries(errors)) {
    if (!blocks.some((one) => one.block_id === block)) return `there is no input block ${block}`;
    if (typeof message !== 'string' || message === '') return `the error of ${block} has no text`;
    view.errors[block] = message;
  }
  workspace.changed();
  return undefined;
}

function read(body: string): Json | undefined {
  if (body.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(body);
    return isJson(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
