import { Agent, type Dispatcher, ProxyAgent, setGlobalDispatcher } from 'undici';
import { type Proxies, proxyFor } from './config/proxy.js';

/**
 * Sends what this process sends by fetch through the proxies from now on, and returns the same way for a WebSocket; null
 * when the environment names no proxy, and nothing has changed. One way serves Slack's web API, octokit and Socket Mode:
 * fetch of Node 20 to 26 asks the dispatcher that undici shares with it, and the socket takes the one it is given.
 * A proxy is asked for a tunnel (CONNECT) for `http:` too.
 */
export function sendThrough(proxies: Proxies): Dispatcher | null {
  if (proxies.http === undefined && proxies.https === undefined) return null;
  const agents = new Map<string, ProxyAgent>();
  const agent = (proxy: string): ProxyAgent => {
    const known = agents.get(proxy) ?? new ProxyAgent(proxy);
    agents.set(proxy, known);
    return known;
  };
  const dispatcher = new Agent().compose((direct) => (options, handler) => {
    const proxy = options.origin ? proxyFor(proxies, options.origin) : null;
    return proxy === null ? direct(options, handler) : agent(proxy).dispatch(options, handler);
  });
  setGlobalDispatcher(dispatcher);
  return dispatcher;
}
