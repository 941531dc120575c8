/** What is between `<` and `>` in mrkdwn, and its label after the bar. */
const special = /<([^<>|]+)(?:\|([^<>]*))?>/g;

/** The words that a person sees: links as their label, dates as their fallback, entities as their characters. */
export function visibleMrkdwn(text: string): string {
  const shown = text.replace(special, (_all, inner: string, label: string | undefined) => {
    if (label) return label;
    const subteam = /^!subteam\^(.+)$/.exec(inner);
    if (subteam) return `@${subteam[1]}`;
    return inner.startsWith('!') ? `@${inner.slice(1)}` : inner;
  });
  // The ampersand comes last, so that a text which was escaped twice still shows it.
  return shown.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

export interface Notified {
  kind: 'user' | 'group' | 'channel' | 'here' | 'everyone' | 'name';
  /** The user's or group's id, or the name as typed. */
  id: string;
}

/** Whom a mrkdwn text mentions; with `names` also what `link_names` or `parse: full` would make of @names. */
export function notifiedBy(text: string, names: boolean): Notified[] {
  const found = [...text.matchAll(special)].flatMap((match) => readSpecial(match[1] ?? ''));
  if (!names) return found;
  const typed = [...text.matchAll(/(?<![\w<])@([a-z0-9][\w.-]*)/gi)].map((match) => match[1] ?? '');
  return [...found, ...typed.map((id): Notified => ({ kind: 'name', id }))];
}

function readSpecial(inner: string): Notified[] {
  const person = /^@([UW][A-Z0-9]+)$/.exec(inner);
  if (person?.[1]) return [{ kind: 'user', id: person[1] }];
  const group = /^!subteam\^([A-Z0-9]+)$/.exec(inner);
  if (group?.[1]) return [{ kind: 'group', id: group[1] }];
  switch (inner) {
    case '!channel':
    case '!group':
      return [{ kind: 'channel', id: 'channel' }];
    case '!here':
      return [{ kind: 'here', id: 'here' }];
    case '!everyone':
      return [{ kind: 'everyone', id: 'everyone' }];
    default:
      return [];
  }
}
