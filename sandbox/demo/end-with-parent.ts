/**
 * Loaded into the demo's bot before its program. The demo holds the other end of stdin, so that a demo which is killed
 * outright leaves no bot behind.
 */
process.stdin.resume();
process.stdin.once('close', () => process.kill(process.pid, 'SIGTERM'));
// Waiting for it keeps nobody alive: a bot that cannot start ends.
process.stdin.unref();
