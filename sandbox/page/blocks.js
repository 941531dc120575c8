import { day, element, moment, time } from './draw.js';

const emojis = {
  alarm_clock: '⏰',
  arrow_forward: '▶️',
  arrows_counterclockwise: '🔄',
  boom: '💥',
  checkered_flag: '🏁',
  fast_forward: '⏩',
  grey_question: '❔',
  heavy_check_mark: '✔️',
  heavy_minus_sign: '➖',
  hourglass_flowing_sand: '⏳',
  leftwards_arrow_with_hook: '↩️',
  mag: '🔍',
  no_entry: '⛔',
  no_entry_sign: '🚫',
  outbox_tray: '📤',
  question: '❓',
  raised_hand: '✋',
  rewind: '⏪',
  rocket: '🚀',
  warning: '⚠️',
  white_check_mark: '✅',
  white_circle: '⚪',
  x: '❌',
};

/**
 * Draws Block Kit. `context` has `names` (by the id of a person, group or channel), `githubUrl`, and `press`, called with the
 * button's element when a button is pressed.
 */
export function drawBlocks(blocks, context) {
  return element('div', { className: 'blocks' }, ...blocks.map((block) => drawBlock(block, context)));
}

/** Text in Slack's own markup, for a message without blocks. */
export function drawText(text, context) {
  return element('div', { className: 'blocks' }, element('p', {}, ...mrkdwn(text, context)));
}

function drawBlock(block, context) {
  switch (block.type) {
    case 'rich_text':
      return element('div', {}, ...block.elements.map((part) => richPart(part, context)));
    case 'section': {
      const texts = [block.text, ...(block.fields ?? [])].filter(Boolean);
      const beside = block.accessory ? [drawElement(block.accessory, context)] : [];
      return element('div', {}, ...texts.map((text) => element('p', {}, ...words(text, context))), ...beside);
    }
    case 'header':
      return element('h3', {}, ...words(block.text, context));
    case 'context':
      return element('p', { className: 'context' }, ...block.elements.flatMap((one) => [...words(one, context), ' ']));
    case 'divider':
      return element('hr');
    case 'actions':
      return element('div', { className: 'row' }, ...block.elements.map((one) => drawElement(one, context)));
    case 'table':
      return drawTable(block, context);
    default:
      return element('p', { className: 'context' }, `(a block of type ${block.type})`);
  }
}

function drawElement(one, context) {
  if (one.type !== 'button') return element('span', { className: 'context' }, `(an element of type ${one.type})`);
  return element(
    'button',
    { type: 'button', className: one.style ?? '', onclick: () => context.press(one) },
    one.text.text,
  );
}

function drawTable(block, context) {
  const cell = (one) =>
    element('td', {}, ...(one.type === 'rich_text' ? [drawBlock(one, context)] : [String(one.text ?? '')]));
  const rows = block.rows.map((row) => element('tr', {}, ...row.map(cell)));
  return element('div', { className: 'wide' }, element('table', {}, element('tbody', {}, ...rows)));
}

function richPart(part, context) {
  const inside = () => part.elements.map((one) => inline(one, context));
  switch (part.type) {
    case 'rich_text_list': {
      const entries = part.elements.map((entry) =>
        element('li', {}, ...entry.elements.map((one) => inline(one, context))),
      );
      const list = element(part.style === 'ordered' ? 'ol' : 'ul', {}, ...entries);
      list.style.marginInlineStart = `${(part.indent ?? 0) * 1.25}rem`;
      return list;
    }
    case 'rich_text_preformatted':
      return element('pre', {}, ...inside());
    case 'rich_text_quote':
      return element('blockquote', {}, ...inside());
    default:
      return element('p', {}, ...inside());
  }
}

function inline(one, context) {
  const styled = (node) => {
    const tags = { bold: 'strong', italic: 'em', strike: 's', code: 'code', underline: 'u' };
    return Object.entries(tags).reduce(
      (made, [style, tag]) => (one.style?.[style] ? element(tag, {}, made) : made),
      node,
    );
  };
  switch (one.type) {
    case 'text':
      return styled(one.text);
    case 'link':
      return styled(link(one.url, one.text ?? one.url, context));
    case 'emoji':
      return emojis[one.name] ? element('span', { title: `:${one.name}:` }, emojis[one.name]) : `:${one.name}:`;
    case 'date':
      return styled(date(one));
    case 'user':
      return mention('@', one.user_id, context);
    case 'usergroup':
      return mention('@', one.usergroup_id, context);
    case 'channel':
      return mention('#', one.channel_id, context);
    case 'broadcast':
      return mention('@', one.range, context);
    default:
      return String(one.text ?? one.value ?? '');
  }
}

const mention = (sign, id, { names }) => element('span', { className: 'mention' }, `${sign}${names[id] ?? id}`);

function date(one) {
  const at = new Date(one.timestamp * 1000);
  const written = one.format.replace('{date_short_pretty}', day(at)).replace('{time}', time(at));
  const known = !written.includes('{');
  return element(
    'time',
    { dateTime: at.toISOString(), title: at.toLocaleString() },
    known ? written : (one.fallback ?? moment(at)),
  );
}

/** Addresses of GitHub lead to a page of the demo that says what would be there. */
function link(address, text, { githubUrl }) {
  if (!/^https?:\/\//i.test(address) || !URL.canParse(address)) return text;
  const url = new URL(address);
  const standIn = url.origin === new URL(githubUrl).origin || url.host === 'github.com';
  const href = standIn ? `/github?path=${encodeURIComponent(url.pathname)}` : url.href;
  return element('a', { href, target: '_blank', rel: 'noreferrer' }, text);
}

const words = (text, context) =>
  text.type === 'mrkdwn' ? mrkdwn(text.text, context) : [String(text.text ?? text.alt_text ?? '')];

const marks = /<([^<>|]+)(?:\|([^<>]*))?>|`([^`\n]+)`|\*([^*\n]+)\*|_([^_\n]+)_|~([^~\n]+)~|:([a-z_]+):/g;

function mrkdwn(text, context) {
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(marks)) {
    const [all, address, label, code, strong, em, strike, emoji] = match;
    nodes.push(plain(text.slice(end, match.index)));
    end = match.index + all.length;
    if (address !== undefined) nodes.push(special(address, label, context));
    else if (emoji !== undefined) nodes.push(emojis[emoji] ?? all);
    else if (code !== undefined) nodes.push(element('code', {}, plain(code)));
    else if (strong !== undefined) nodes.push(element('strong', {}, ...mrkdwn(strong, context)));
    else if (em !== undefined) nodes.push(element('em', {}, ...mrkdwn(em, context)));
    else nodes.push(element('s', {}, ...mrkdwn(strike, context)));
  }
  return [...nodes, plain(text.slice(end))];
}

function special(address, label, context) {
  const named = /^([@#]|!subteam\^)(\w+)$/.exec(address);
  if (named) return mention(named[1] === '#' ? '#' : '@', named[2], context);
  if (address.startsWith('!')) return plain(label ?? `@${address.slice(1)}`);
  return link(plain(address), plain(label ?? address), context);
}

const plain = (text) => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
