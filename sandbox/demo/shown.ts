/** Everything that one person sees of the demo, as the page draws it. Times are ISO 8601. */

export interface Shown {
  /** A different one for each start of the demo. */
  demo: string;
  /** Who you can be on the page. */
  people: Person[];
  /** Names by the id of a person, group or channel. */
  names: Record<string, string>;
  /** By how many milliseconds the demo's time is ahead of the machine's. */
  clock: { movedMs: number };
  services: { name: string; repository: string; channel: string }[];
  /** The origin of GitHub's pages in links; they lead to /github?path=… */
  githubUrl: string;
  bot: { userId: string; replicas: Replica[] };
  channels: Channel[];
  /** The App Home of this person as the bot published it; null until it is first opened. */
  home: { id: string; blocks: Json[] } | null;
  modal: { id: string; definition: Json; errors: Record<string, string> } | null;
  /** Commits on the main branches, newest first, at most 12. */
  changes: Change[];
  /** Newest first, at most 12. */
  runs: Run[];
  /** Newest first, at most 40. */
  ledger: LedgerLine[];
  faults: FaultSwitch[];
  /** What /release understands, for completion: usage such as `status [SERVICE]`. */
  commands: { usage: string; does: string }[];
}

export type Json = Record<string, unknown>;

export interface Person {
  id: string;
  name: string;
  role: 'author' | 'deployer' | 'approver' | 'guest' | 'stranger';
  /** A few words: what this person may do. */
  may: string;
  team: string;
}

export interface Replica {
  name: string;
  state: 'running' | 'starting' | 'killed';
  /** Slack and GitHub send to this one. */
  receives: boolean;
  pid: number | null;
}

export interface Channel {
  id: string;
  name: string;
  kind: 'channel' | 'direct';
  items: Item[];
}

export interface Item {
  channel: string;
  ts: string;
  text: string;
  blocks: Json[];
  by: string;
  /** Only this person sees it. */
  alone: boolean;
  edited: boolean;
  replies: { ts: string; text: string; blocks: Json[]; by: string }[];
}

export interface Change {
  service: string;
  sha: string;
  title: string;
  author: string;
  pullRequest: number | null;
  pushedAt: string;
  staging: string;
  live: boolean;
}

export interface Run {
  id: number;
  service: string;
  workflow: 'staging' | 'production';
  number: number;
  attempt: number;
  title: string;
  sha: string | null;
  /** GitHub's status until it ends, then its conclusion. */
  state: string;
  url: string;
  startedAt: string;
  endedAt: string | null;
  jobs: { name: string; state: string }[];
}

export interface LedgerLine {
  seq: number;
  at: string;
  actor: string;
  kind: string;
  service: string | null;
  sha: string | null;
  reason: string | null;
  hash: string;
}

export interface FaultSwitch {
  id: string;
  label: string;
  /** One sentence: what will happen, and what to look for. */
  explains: string;
  on: boolean;
  /** How many calls it has met since it was switched on; null if nothing counts them. */
  met: number | null;
  /** once: the next call meets it, then it is off by itself. */
  kind: 'once' | 'lasting';
  side: 'slack' | 'github' | 'replica';
}
