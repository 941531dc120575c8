import { PAUSES, type Pauses } from '../../src/core/pauses.js';

/**
 * The pauses of a team whose tests are not about them: nobody waits for a second that Slack asks for, since the stand-in does
 * not count them then. In the order of the real ones, so that what comes first there comes first here.
 */
export const SHORT: Pauses = {
  slack: {
    post: 20,
    redraws: [30, 50, 80, 100],
    burst: 200,
    channel: 30,
    soon: 100,
    later: 400,
    rest: 150,
    behind: 20,
    outage: 80,
    busy: 150,
    refused: 150,
    count: [300, 1_000],
    socket: 150,
  },
  github: { follow: [150, 500, 1_000], lookUp: [60, 150, 400], soon: 150, later: 800, accepted: 1_500, save: 50 },
  queue: { fact: 150, gate: 1_000 },
  jobs: { soon: 120, later: 500, due: 250, look: 2_000, restart: 100, inbox: 250, command: [60, 500] },
  chores: {
    sweep: 300,
    poll: 250,
    clock: 150,
    names: PAUSES.chores.names,
    slack: 300,
    digest: 500,
    channels: 500,
    faults: 500,
  },
  turns: { sweep: 600, clock: 150, channels: 500, faults: 1_000, channel: 5_000, token: 5_000 },
};
