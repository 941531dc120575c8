import { request } from 'node:http';
import { request as requestSecurely } from 'node:https';
import { isIPv6, type Socket } from 'node:net';
import { Fault, faultOf } from './fault.js';

/**
 * A connection to a host by way of a forward proxy, which is asked for a tunnel (CONNECT) for http, too, as everywhere.
 * Throws a `Fault`.
 */
export function tunnel(proxy: string, host: string, port: number, signal: AbortSignal): Promise<Socket> {
  const { protocol, username, password, hostname, port: at } = new URL(proxy);
  const login = [username, password].map(decodeURIComponent).join(':');
  const path = `${isIPv6(host) ? `[${host}]` : host}:${port}`;
  const headers = {
    host: path,
    ...(login === ':' ? {} : { 'proxy-authorization': `Basic ${Buffer.from(login).toString('base64')}` }),
  };
  const options = { method: 'CONNECT', host: hostname.replace(/^\[|\]$/g, ''), path, headers, agent: false, signal };
  return new Promise((resolve, reject) => {
    const asked =
      protocol === 'https:'
        ? requestSecurely({ ...options, port: at || 443 })
        : request({ ...options, port: at || 80 });
    asked.once('connect', ({ statusCode }, socket) => {
      // fetch, or TLS above it, hears of its end.
      socket.on('error', () => {});
      if (statusCode === 200) return resolve(socket);
      socket.destroy();
      reject(new Fault('proxy', `answers ${statusCode}`));
    });
    asked.once('response', ({ statusCode }) => {
      asked.destroy();
      reject(new Fault('proxy', `answers ${statusCode}`));
    });
    asked.on('error', (error) => reject(new Fault('proxy', faultOf(error).words)));
    asked.end();
  });
}
