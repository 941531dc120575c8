import { drawBlocks, drawText } from './blocks.js';
import { ask, showModal } from './dialogs.js';
import { drawList, element, time } from './draw.js';

/** Asks the demo twice a second how everything stands and draws it; tells the demo what the person does. */

const pollMs = 500;
const at = (id) => document.getElementById(id);
const seen = new Map();
let me = localStorage.getItem('who') ?? 'U0ALICE';
let channel = 'C0SHOP';
let state;
let received = '';

async function look() {
  const answer = await fetch(`/api/state?user=${encodeURIComponent(me)}`);
  if (answer.status === 409) me = 'U0ALICE';
  if (!answer.ok) throw new Error('no state');
  const text = await answer.text();
  if (text === received) return;
  received = text;
  state = JSON.parse(text);
  draw();
}

async function keepLooking() {
  await look().then(
    () => offline(false),
    () => offline(true),
  );
  setTimeout(keepLooking, pollMs);
}

/** Does something as this person. True when it was done; what went wrong is shown for a while. */
async function act(action, body) {
  try {
    const answer = await fetch(`/api/${action}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const done = await answer.json();
    if (!answer.ok) tell(done.error);
    else if (done.failedWith) tell(`Slack shows: ${done.failedWith}`);
    await look();
    return answer.ok;
  } catch {
    offline(true);
    return false;
  }
}

async function press(item, button) {
  if (button.confirm && !(await ask(button.confirm))) return;
  await act('click', { user: me, channel: item.channel, ts: item.ts, button: button.text.text });
}

function draw() {
  const open = state.channels.find((one) => one.id === channel) ?? state.channels[0];
  channel = open.id;
  drawChoices(
    at('who'),
    state.people.map(({ id, name, may }) => [id, `${name}, ${may}`]),
    me,
  );
  drawChoices(
    at('service'),
    state.services.map(({ name }) => [name, name]),
    at('service').value || state.services[0].name,
  );
  drawChannels(open);
  at('channel').textContent = open.kind === 'direct' ? open.name : `# ${open.name}`;
  drawMessages(open);
  drawList(at('runs'), orNothing(state.runs, 'No run yet.'), keyOf, drawRun);
  drawList(at('ledger'), orNothing(state.ledger, 'Nothing was decided yet.'), keyOf, drawLedgerLine);
  showModal(
    state.modal,
    { names: state.names, githubUrl: state.githubUrl },
    {
      submit: (viewId, values) => act('submit', { user: me, viewId, values }),
      close: (viewId) => act('close', { viewId }),
      press: (viewId, button) => act('press', { viewId, button: button.text.text }),
    },
  );
}

const keyOf = (one) => String(one.id ?? one.seq ?? one.nothing ?? `${one.channel} ${one.ts}`);
const orNothing = (list, nothing) => (list.length > 0 ? list : [{ nothing }]);
const hint = (text) => element('li', { className: 'hint' }, text);

function drawChoices(select, choices, chosen) {
  drawList(
    select,
    choices,
    ([value]) => value,
    ([value, text]) => element('option', { value }, text),
  );
  if (select.value !== chosen) select.value = chosen;
}

function drawChannels(open) {
  const newest = (one) => one.items.at(-1)?.ts ?? '';
  seen.set(`${me} ${open.id}`, newest(open));
  const tabs = state.channels.map((one) => ({
    id: one.id,
    name: one.kind === 'direct' ? one.name : `# ${one.name}`,
    open: one === open,
    unread: newest(one) > (seen.get(`${me} ${one.id}`) ?? ''),
  }));
  drawList(at('channels'), tabs, keyOf, ({ id, name, open, unread }) =>
    element(
      'button',
      {
        type: 'button',
        className: unread ? 'unread' : '',
        'aria-current': open ? 'page' : undefined,
        onclick: () => {
          channel = id;
          draw();
        },
      },
      name,
    ),
  );
}

function drawMessages(open) {
  const list = at('messages');
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
  const empty =
    open.kind === 'direct'
      ? 'Pushbutton writes here when something needs your hand.'
      : 'Nothing here yet. Push a change: its card appears here when staging has tested it.';
  drawList(list, orNothing(open.items, empty), keyOf, drawItem);
  if (atEnd) list.scrollTop = list.scrollHeight;
}

function drawItem(item) {
  if (item.nothing) return element('p', { className: 'hint' }, item.nothing);
  return element(
    'article',
    { className: item.alone ? 'alone' : '' },
    element('span', { className: 'avatar', 'aria-hidden': 'true' }),
    element(
      'div',
      {},
      item.alone ? element('p', { className: 'context' }, 'Only visible to you') : null,
      element(
        'p',
        { className: 'by' },
        element('strong', {}, state.names[item.by] ?? item.by),
        ' ',
        element('span', { className: 'context' }, timeOf(item.ts), item.edited ? ' (edited)' : ''),
      ),
      body(item),
      ...item.replies.map((reply) => element('div', { className: 'reply' }, body(reply))),
    ),
  );
}

function body(item) {
  const context = { names: state.names, githubUrl: state.githubUrl, press: (button) => press(item, button) };
  return item.blocks.length > 0 ? drawBlocks(item.blocks, context) : drawText(item.text, context);
}

const timeOf = (ts) => time(new Date(Number(ts) * 1000));

function drawRun(run) {
  if (run.nothing) return hint(run.nothing);
  const job = run.jobs.find((one) => one.state === 'in_progress')?.name;
  const attempt = run.attempt > 1 ? `, attempt ${run.attempt}` : '';
  return element(
    'li',
    {},
    element('span', { className: `end ${run.state}` }, run.state.replaceAll('_', ' ')),
    element('span', {}, run.title),
    element(
      'span',
      { className: 'context' },
      `${run.service} ${run.workflow} #${run.number}${attempt}${job ? `: ${job}` : ''}`,
    ),
  );
}

function drawLedgerLine(line) {
  if (line.nothing) return hint(line.nothing);
  return element(
    'li',
    {},
    element('span', {}, element('strong', {}, line.kind), ` by ${state.names[line.actor] ?? line.actor}`),
    element('span', { className: 'end context' }, `#${line.seq}, ${time(new Date(line.at))}`),
    element(
      'span',
      { className: 'context' },
      [line.service, line.sha?.slice(0, 7), line.reason].filter(Boolean).join(' · '),
    ),
  );
}

let toast = '';
let isOffline = false;
let toastTimer;

function tell(words) {
  toast = words;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => {
    toast = '';
    showTrouble();
  }, 6_000);
  showTrouble();
}

function offline(now) {
  if (now === isOffline) return;
  isOffline = now;
  showTrouble();
}

function showTrouble() {
  const words = isOffline ? 'The demo does not answer. Is it still running?' : toast;
  at('trouble').textContent = words;
  at('trouble').hidden = words === '';
}

at('who').onchange = (event) => {
  me = event.target.value;
  localStorage.setItem('who', me);
  look();
};
at('composer').onsubmit = async (event) => {
  event.preventDefault();
  const typed = at('typed');
  const text = typed.value.trim();
  if (!/^\/release(\s|$)/.test(text)) return tell('Only /release is understood here: try /release help.');
  if (await act('command', { user: me, channel, text })) typed.value = '';
};
at('push').onclick = () => act('push', { service: at('service').value });
at('push-failing').onclick = () => act('push', { service: at('service').value, outcome: 'fails' });
keepLooking();
