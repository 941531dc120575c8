import { once } from 'node:events';
import { createInterface } from 'node:readline';

/**
 * Loaded into a replica of the demo's bot before its program. Loads what the program will need while the demo prepares
 * the database, and lets it begin when its settings arrive: a line of JSON on stdin. The demo holds the other end for
 * as long as it lives, so that a killed demo leaves no bot behind.
 */
process.stdin.once('close', () => process.kill(process.pid, 'SIGTERM'));
const settings = once(createInterface({ input: process.stdin }), 'line');
await Promise.all([import('../../src/main.js'), import('../../src/db/migrate.js')]);
const [line] = (await settings) as [string];
Object.assign(process.env, JSON.parse(line));
process.stdin.resume();
// Waiting for its end must not keep the process alive: a bot that cannot start ends.
process.stdin.unref();
