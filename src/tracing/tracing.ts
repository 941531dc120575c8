/** What the other parts know of traces: how to say what they do. Without a collector, nothing is recorded. */

/** From fixed lists and the config, and ids: never what people or GitHub wrote, and no person. */
export type Attributes = Readonly<Record<string, string | number | boolean>>;

/** Records the work as a span. What it throws is passed on, and noted by its class alone. */
type Recorded<Where extends unknown[]> = <T>(
  name: string,
  ...where: [...Where, attributes: Attributes, work: () => Promise<T>]
) => Promise<T>;

export interface Tracing {
  readonly on: boolean;
  /** The span that we are in, as it is kept in the database; null outside of any. */
  readonly here: () => string | null;
  /** Begins a trace, which is kept once something in it is recorded, or if the work throws. `asked`: somebody waits for it. */
  readonly begin: Recorded<[because: 'asked' | 'ours']>;
  /** As part of the span that we are in. Outside of any, the work is done and not recorded. */
  readonly within: Recorded<[]>;
  /**
   * Continues what the database kept, perhaps of another replica. The first trace has the work in it; each other one has a
   * span of the same time, linked with the first. For none of them, the work is done and not recorded. `once used`: it is
   * kept once something in it is recorded, or if the work throws.
   */
  readonly resume: <T>(
    name: string,
    traces: readonly string[],
    attributes: Attributes,
    work: () => Promise<T>,
    kept?: 'always' | 'once used',
  ) => Promise<T>;
  /** Adds to the span that we are in. */
  readonly note: (attributes: Attributes) => void;
  /** Returns what links the span that we are in now with that of another trace, whenever it is called. */
  readonly linker: () => Link;
  /** What has just ended, so many seconds after it began: in the span that we are in, or in that of `trace`. */
  readonly ended: (name: string, seconds: number, attributes: Attributes, more?: Ended) => void;
  /** Sends what is left, for two seconds at most. */
  readonly stop: () => Promise<void>;
}

/** With the span of a trace, unless it is the same trace. */
export type Link = (trace: string | null) => void;

interface Ended {
  readonly trace?: string;
  /** Somebody else's work, whose answer we waited for. */
  readonly outside?: boolean;
  /** Why it failed, a word of a fixed list. */
  readonly failed?: string | null;
}

const NO_LINK: Link = () => {};

/** The work, and nothing else. */
export const NO_TRACING: Tracing = {
  on: false,
  here: () => null,
  begin: (_name, _because, _attributes, work) => work(),
  within: (_name, _attributes, work) => work(),
  resume: (_name, _traces, _attributes, work) => work(),
  note: () => {},
  linker: () => NO_LINK,
  ended: () => {},
  stop: async () => {},
};
