import type { Connections } from '../../src/core/connections.js';
import { PAUSES, type Pauses } from '../../src/core/pauses.js';

/**
 * The pauses of a team whose tests are not about them: nobody waits for a second that Slack asks for, since the
 * stand-in does not count then. They keep the order of the real ones, and are long enough that what is drawn together
 * there is drawn together here.
 */
export const SHORT: Pauses = {
  // Nobody is told that a slow machine did not make it in time.
  deadlines: { save: 20_000, statement: 15_000, oldest: 10_000, read: 10_000, facts: 8_000, whose: 8_000 },
  slack: {
    post: 20,
    redraws: [120, 160, 200, 250],
    update: 40,
    limited: 3_000,
    burst: 500,
    channel: 50,
    soon: 150,
    later: 500,
    rest: 200,
    behind: 30,
    outage: 100,
    story: 150,
    aside: 2_000,
    busy: 200,
    refused: 200,
    homes: 100,
    count: [300, 1_000],
    socket: 200,
  },
  github: { follow: [300, 1_500, 1_500], lookUp: [200, 400, 800], soon: 200, later: 800, accepted: 1_500, save: 50 },
  queue: { fact: 200, gate: 1_000 },
  jobs: {
    soon: 200,
    later: 500,
    due: 500,
    deaf: 100,
    prove: 5_000,
    look: 5_000,
    restart: 100,
    inbox: 500,
    together: 10,
    command: [60, 500],
  },
  chores: {
    sweep: 500,
    poll: 250,
    clock: 250,
    names: PAUSES.chores.names,
    slack: 500,
    digest: 500,
    channels: 1_000,
    faults: 1_000,
  },
  turns: { sweep: 1_000, threads: 3_000, clock: 250, channels: 1_000, faults: 1_000, channel: 5_000, token: 5_000 },
};

/** Each connection costs a test tens of milliseconds of processor time. */
export const FEW: Connections = { pool: 2, claims: 2, intake: 1 };
