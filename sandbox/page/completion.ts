import type { Shown } from '../demo/shown.js';

/** One way to continue what was typed. */
interface Completion {
  /** The whole line if it is taken. */
  line: string;
  /** What is shown: a command with its usage, a service or a short SHA. */
  words: string;
  about: string;
}

/** The choices, and which one is selected at first: -1 if the line can be sent as it is. */
export interface Completions {
  all: Completion[];
  first: number;
}

const none: Completions = { all: [], first: -1 };
const most = 8;

/**
 * How `/release …` can continue: its commands, then the words in the command's usage, of which `SERVICE` and `SHA` are
 * known. Nothing for a line that is not `/release`.
 */
export function completions(line: string, shown: Pick<Shown, 'commands' | 'services' | 'changes'>): Completions {
  if (!line.startsWith('/')) return none;
  const words = line.split(/\s+/);
  const [slash = '', command] = words;
  if (command === undefined) {
    if (!'/release'.startsWith(slash)) return none;
    return {
      all: [{ line: '/release ', words: '/release', about: 'asks Pushbutton; goes on with a command' }],
      first: 0,
    };
  }
  if (slash !== '/release') return none;
  if (words.length === 2) return chosen(command, commandsOf(shown, command));
  const usage = shown.commands.find((one) => nameOf(one.usage) === command)?.usage;
  if (!usage) return none;
  // `[SERVICE or SHA]` is one word in the usage.
  const asked = usage.replaceAll(' or ', '|').split(/\s+/)[words.length - 2] ?? '';
  const before = words.slice(0, -1).join(' ');
  const typed = words.at(-1) ?? '';
  const all = [
    ...(asked.includes('SERVICE') ? services(shown, before, typed, usage) : []),
    ...(asked.includes('SHA')
      ? shas(shown, before, typed, usage, usage.includes('SERVICE [') ? words[2] : undefined)
      : []),
  ];
  return all.length > 0 ? chosen(typed, all) : none;
}

/** The first is selected while a word is half typed; a whole word, or none yet, can be sent. */
const chosen = (typed: string, all: Completion[]): Completions => {
  const whole = all.some(({ words }) => words.split(' ')[0] === typed);
  return { all: all.slice(0, most), first: typed === '' || whole ? -1 : 0 };
};

const nameOf = (usage: string) => usage.split(/\s+/)[0] ?? '';

const commandsOf = ({ commands }: Pick<Shown, 'commands'>, typed: string): Completion[] =>
  commands
    .filter(({ usage }) => nameOf(usage).startsWith(typed))
    .map(({ usage, does }) => ({
      line: `/release ${nameOf(usage)}${usage.includes(' ') ? ' ' : ''}`,
      words: usage,
      about: does,
    }));

const services = ({ services }: Pick<Shown, 'services'>, before: string, typed: string, usage: string): Completion[] =>
  services
    .filter(({ name }) => name.startsWith(typed))
    .map(({ name, repository }) => ({
      line: `${before} ${name}${/SERVICE .*[A-Z]/.test(usage) && !usage.includes('SERVICE or ') ? ' ' : ''}`,
      words: name,
      about: repository,
    }));

const shas = (
  { changes }: Pick<Shown, 'changes'>,
  before: string,
  typed: string,
  usage: string,
  service: string | undefined,
): Completion[] =>
  changes
    .filter(
      (change) => (service === undefined || change.service === service) && change.sha.startsWith(typed.toLowerCase()),
    )
    .map(({ sha, title, live }) => {
      const short = sha.slice(0, 7);
      const after = usage.includes('SHA REASON') ? ' ' : '';
      return { line: `${before} ${short}${after}`, words: short, about: live ? `${title} (live)` : title };
    });
