/**
 * Every pause that Pushbutton makes by itself, and how long people and GitHub wait for it at the most. How long it waits for
 * Slack and GitHub stands beside their clients.
 */

/** Within which time somebody who waits for Pushbutton is answered, whatever it knows by then; in milliseconds. */
export interface Deadlines {
  /** A press or a delivery: saved, or it is said that it was not. Slack waits for three seconds. */
  readonly save: number;
  /** For the statement that saves it; the server gives it up then. */
  readonly statement: number;
  /** Who has waited for a connection longer than this is not sent any more: with the statement's time it would come too late. */
  readonly oldest: number;
  /** For what a typed line is about, read before it is saved. */
  readonly read: number;
  /** For what GitHub has to say of a press before it is decided; what it has not said by then is asked before the start. */
  readonly facts: number;
  /** For whose run a job belongs to. A delivery that nobody can place by then is taken in, and let go when it is handled. */
  readonly whose: number;
}

/** In milliseconds. `soon`: again for about the first minute; `later`: after that. */
export interface Pauses {
  readonly deadlines: Deadlines;
  /** What is sent to Slack. */
  readonly slack: {
    /** From one post in a channel to the next. */
    readonly post: number;
    /** From one drawing of a card to its next: the first, the second ... of a burst; the last holds for all that follow. */
    readonly redraws: readonly [number, ...number[]];
    /** From one update to the next, over all replicas, for a while after Slack has limited them: tier 3 allows fifty a minute. */
    readonly update: number;
    /** For how long. */
    readonly limited: number;
    /** A card that was not drawn for so long begins a new burst. */
    readonly burst: number;
    /** Until a channel is looked at again in which another job draws. */
    readonly channel: number;
    /** After a card that Slack did not take. */
    readonly soon: number;
    readonly later: number;
    /** Updates rest so long after one that failed, and posts after a post: longer than `soon`, so that the others have a turn. */
    readonly rest: number;
    /** A card that failed goes behind the others of its channel by so much. */
    readonly behind: number;
    /** From one try to the next, over all replicas, while Slack takes no calls. */
    readonly outage: number;
    /** Steps of a deployment that come within this time are one message in its thread. */
    readonly story: number;
    /** What is told in a thread lets cards go first, and waits for who wrote a change, for so long at the most. */
    readonly aside: number;
    /** Until a post is looked at again that somebody else is sending. */
    readonly busy: number;
    /** From one try to the next to write to somebody to whom Slack takes no messages. */
    readonly refused: number;
    /** From one drawing of open Home tabs, a few of them, to the next, over all replicas. */
    readonly homes: number;
    /** Until the number of changes on a card is asked for again: at first, and at the most. */
    readonly count: readonly [first: number, most: number];
    /** Until the socket is opened again. */
    readonly socket: number;
  };
  /** What is asked of GitHub. */
  readonly github: {
    /** Until a run is read again: after its start, while it runs, while it hangs. */
    readonly follow: readonly [first: number, running: number, hung: number];
    /** Until a start without an answer is looked up: at first, then again, and once it is lost. */
    readonly lookUp: readonly [first: number, again: number, lost: number];
    /** After a call that failed. */
    readonly soon: number;
    readonly later: number;
    /** Until GitHub is asked again for what it has accepted: a cancel, a re-run. */
    readonly accepted: number;
    /** From one try to the next to save a definite answer of GitHub's. */
    readonly save: number;
  };
  /** What waits at the head of a service's queue. */
  readonly queue: {
    /** Until a fact is asked for again that Slack or GitHub did not tell. */
    readonly fact: number;
    /** Until a gate is looked at again that a person may open. */
    readonly gate: number;
  };
  /** Jobs and what was received. */
  readonly jobs: {
    /** After a job that failed. */
    readonly soon: number;
    readonly later: number;
    /** How often one look for all runners of a replica sees which jobs are due, in case a notification is lost. */
    readonly due: number;
    /** The same while nobody tells this replica of jobs. */
    readonly deaf: number;
    /** How often the connection that listens to the queue proves that it hears. */
    readonly prove: number;
    /** How often each runner looks by itself, in case nobody wakes it. */
    readonly look: number;
    /** Until the queue is started again that gave up. */
    readonly restart: number;
    /** How often commands are looked for that a replica received and left behind when it died. */
    readonly inbox: number;
    /**
     * What is received sooner than this after the last that was begun waits until then and is begun together, so that it shares
     * look-ups and transactions, and the answers that are due meanwhile do not wait for each handling.
     */
    readonly together: number;
    /** After a command that failed: at first, doubled each time, and at the most. */
    readonly command: readonly [first: number, most: number];
  };
  /** How long after its end each chore of a replica runs again. */
  readonly chores: {
    readonly sweep: number;
    readonly poll: number;
    readonly clock: number;
    readonly names: number;
    readonly slack: number;
    readonly digest: number;
    readonly channels: number;
    readonly faults: number;
  };
  /** How often a chore runs over all replicas. */
  readonly turns: {
    readonly sweep: number;
    /** How often each replica, when it sweeps, looks for what threads have not told. */
    readonly threads: number;
    readonly clock: number;
    readonly channels: number;
    readonly faults: number;
    /** How often each channel is looked at. */
    readonly channel: number;
    /** How often it is asked whether Slack still takes the token. */
    readonly token: number;
  };
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/**
 * The pauses of a running Pushbutton. What the users are promised rests on them: one post a second and channel, four updates of
 * a card in ten seconds, a failed call to Slack again within five seconds and at most ten in twenty, a look-up every five
 * seconds, work that resumes within thirty.
 */
export const PAUSES: Pauses = {
  deadlines: {
    save: 2 * SECOND,
    statement: SECOND,
    oldest: 900,
    read: 500,
    facts: 1_200,
    whose: 500,
  },
  slack: {
    // A little more than a second: what waits for its turn is not always sent at once.
    post: 1_100,
    redraws: [SECOND, 2 * SECOND, 4 * SECOND, 5 * SECOND],
    update: 1_250,
    limited: 30 * SECOND,
    burst: 10 * SECOND,
    channel: SECOND,
    soon: 3 * SECOND,
    later: 45 * SECOND,
    rest: 4 * SECOND,
    behind: 600,
    outage: 2_500,
    story: 2 * SECOND,
    aside: 30 * SECOND,
    busy: 5 * SECOND,
    refused: 5 * SECOND,
    homes: 5 * SECOND,
    count: [15 * SECOND, 5 * MINUTE],
    socket: 4 * SECOND,
  },
  github: {
    follow: [SECOND, 10 * SECOND, 30 * SECOND],
    lookUp: [SECOND, 4 * SECOND, 15 * SECOND],
    soon: 4 * SECOND,
    later: 45 * SECOND,
    accepted: MINUTE,
    save: 500,
  },
  queue: { fact: 5 * SECOND, gate: MINUTE },
  jobs: {
    soon: 4 * SECOND,
    later: 45 * SECOND,
    due: 5 * SECOND,
    deaf: SECOND,
    prove: 15 * SECOND,
    look: 2 * MINUTE,
    restart: SECOND,
    inbox: 5 * SECOND,
    together: 80,
    command: [500, 30 * SECOND],
  },
  chores: {
    sweep: 5 * SECOND,
    poll: 5 * SECOND,
    clock: 2 * SECOND,
    names: 60 * MINUTE,
    slack: 5 * SECOND,
    digest: 15 * SECOND,
    channels: 15 * SECOND,
    faults: 10 * SECOND,
  },
  turns: {
    sweep: 15 * SECOND,
    threads: MINUTE,
    clock: 2 * SECOND,
    channels: 15 * SECOND,
    faults: 20 * SECOND,
    channel: 5 * MINUTE,
    token: MINUTE,
  },
};
