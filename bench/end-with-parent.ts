/** Loaded into every process of the bench: it holds the other end of stdin, so that a bench that is killed leaves nothing behind. */
process.stdin.resume();
process.stdin.once('close', () => process.kill(process.pid, 'SIGTERM'));
process.stdin.unref();
