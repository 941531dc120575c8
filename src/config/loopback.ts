/** Whether a host is this machine: what is sent there never leaves it. `hostname` as a URL has it. */
export const isLoopback = (hostname: string): boolean => /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);
