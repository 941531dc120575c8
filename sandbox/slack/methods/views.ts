import { isJson, type Json } from '../block-kit/check.js';
import { problemsInView } from '../block-kit/validate.js';
import { type Call, type Method, refuse, requiredText, text } from '../call.js';
import { type View, type Workspace, withIds } from '../workspace.js';
import { viewJson } from './shapes.js';

/** 250 kB, as views.open, update and publish say of view_too_large. */
const mostBytes = 250_000;

/** The view as given, if Slack would accept it and it is of that type. */
function readView(value: unknown, type: View['type']): Json {
  if (Buffer.byteLength(JSON.stringify(value)) > mostBytes) refuse('view_too_large');
  const problems = problemsInView(value);
  if (problems.length > 0 || !isJson(value)) return refuse('invalid_arguments', problems);
  if (value.type !== type)
    refuse('invalid_arguments', [`[ERROR] view must be of type ${type} [json-pointer:/view/type]`]);
  return value;
}

/** Uses up a trigger. It lives three seconds and works once. */
function spend(call: Call) {
  const trigger = call.workspace.triggers.get(requiredText(call, 'trigger_id'));
  if (!trigger) return refuse('invalid_trigger_id');
  if (trigger.used) refuse('exchanged_trigger_id');
  if (call.workspace.now() - trigger.at > 3000) refuse('expired_trigger_id');
  trigger.used = true;
  return trigger;
}

/** Shows a view to a person; a submission answered with `push` or `update` does this, too. */
export function showView(workspace: Workspace, user: string, definition: Json, below: View | undefined): View {
  const id = workspace.nextId('V');
  const view: View = {
    id,
    hash: `${workspace.nextTs()}.${workspace.nextId('h')}`,
    user,
    type: definition.type === 'home' ? 'home' : 'modal',
    definition: prepared(workspace, definition),
    rootId: below?.rootId ?? id,
    previousId: below?.id,
    open: true,
    errors: {},
  };
  workspace.views.push(view);
  workspace.changed();
  return view;
}

function prepared(workspace: Workspace, definition: Json): Json {
  return { ...definition, blocks: withIds(workspace, (definition.blocks as Json[]) ?? []) };
}

/** Replaces the definition of an open view. */
export function changeView(workspace: Workspace, view: View, definition: Json): void {
  view.definition = prepared(workspace, definition);
  view.hash = `${workspace.nextTs()}.${workspace.nextId('h')}`;
  view.errors = {};
  workspace.changed();
}

/** The modals that a person has open, lowest first. */
export function openModals(workspace: Workspace, user: string): View[] {
  return workspace.views.filter((view) => view.user === user && view.open && view.type === 'modal');
}

/** The one view on a person's Home tab: it keeps its id, whatever is published there. */
export function publishedHome(workspace: Workspace, user: string): View | undefined {
  return workspace.views.find((view) => view.type === 'home' && view.user === user);
}

const open: Method = {
  tier: 4,
  required: { view: 'json', trigger_id: 'string' },
  run(call) {
    const definition = readView(call.args.view, 'modal');
    const trigger = spend(call);
    // A new root replaces what was open: a person sees one stack of modals.
    for (const view of openModals(call.workspace, trigger.user)) view.open = false;
    return { view: viewJson(call.workspace, showView(call.workspace, trigger.user, definition, undefined)) };
  },
};

const push: Method = {
  tier: 4,
  required: { view: 'json', trigger_id: 'string' },
  run(call) {
    const definition = readView(call.args.view, 'modal');
    const trigger = spend(call);
    const stack = openModals(call.workspace, trigger.user);
    const top = stack.at(-1);
    if (!trigger.view || !top) return refuse('not_found');
    if (stack.length >= 3) refuse('push_limit_reached');
    return { view: viewJson(call.workspace, showView(call.workspace, trigger.user, definition, top)) };
  },
};

/** A hash is a promise about what is there now; if nothing is, no hash is right. */
function checkHash(call: Call, view: View | undefined): void {
  const hash = text(call, 'hash');
  if (hash !== undefined && hash !== view?.hash) refuse('hash_conflict');
}

const update: Method = {
  tier: 4,
  required: { view: 'json' },
  optional: { view_id: 'string', external_id: 'string', hash: 'string' },
  run(call) {
    const definition = readView(call.args.view, 'modal');
    const { view_id: id, external_id: external } = call.args;
    if (id === undefined && external === undefined)
      refuse('invalid_arguments', ['[ERROR] missing required field: view_id or external_id']);
    const view = call.workspace.views.find(
      (one) => one.open && (one.id === id || (external !== undefined && one.definition.external_id === external)),
    );
    if (!view) return refuse('not_found');
    checkHash(call, view);
    changeView(call.workspace, view, definition);
    return { view: viewJson(call.workspace, view) };
  },
};

const publish: Method = {
  tier: 4,
  required: { user_id: 'string', view: 'json' },
  optional: { hash: 'string' },
  run(call) {
    const definition = readView(call.args.view, 'home');
    const user = requiredText(call, 'user_id');
    if (!call.workspace.users.has(user)) refuse('user_not_found');
    const known = publishedHome(call.workspace, user);
    checkHash(call, known);
    if (known) changeView(call.workspace, known, definition);
    return { view: viewJson(call.workspace, known ?? showView(call.workspace, user, definition, undefined)) };
  },
};

export const viewMethods: Record<string, Method> = {
  'views.open': open,
  'views.push': push,
  'views.update': update,
  'views.publish': publish,
};
