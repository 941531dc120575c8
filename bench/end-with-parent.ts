/** Loaded into every bench process: the bench holds the other end of stdin, so that nothing outlives a killed bench. */
process.stdin.resume();
process.stdin.once('close', () => process.kill(process.pid, 'SIGTERM'));
process.stdin.unref();
