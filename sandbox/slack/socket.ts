import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { isJson, type Json } from './block-kit/check.js';
import { refuse } from './call.js';
import type { Received } from './send.js';
import type { Workspace } from './workspace.js';

/**
 * Socket Mode as docs.slack.dev/apis/events-api/using-socket-mode has it: an address good for one connection, a hello,
 * envelopes that are acknowledged by their id, at most ten connections, each envelope to one of them.
 */
export function createSockets(parts: { workspace: Workspace; enabled: boolean; url: () => string }) {
  const { workspace } = parts;
  const tickets = new Set<string>();
  const connected = new Set<WebSocket>();
  const waiting = new Map<string, (payload: Json) => void>();
  let mute = false;
  let host = '127.0.0.1';
  const upgrades = new WebSocketServer({ noServer: true });

  function hello(socket: WebSocket): void {
    connected.add(socket);
    socket.on('close', () => connected.delete(socket));
    socket.on('error', () => socket.terminate());
    socket.on('message', (data) => {
      const answer = read(String(data));
      const settle = waiting.get(String(answer.envelope_id));
      settle?.(isJson(answer.payload) ? answer.payload : {});
    });
    if (mute) return;
    const info = { app_id: workspace.bot.appId };
    socket.send(JSON.stringify({ type: 'hello', num_connections: connected.size, connection_info: info }));
  }

  workspace.openSocket = () => {
    if (connected.size >= 10) refuse('too_many_websockets');
    const ticket = randomBytes(12).toString('hex');
    tickets.add(ticket);
    return `${parts.url().replace('http', 'ws').replace('127.0.0.1', host)}/link/?ticket=${ticket}&app_id=${workspace.bot.appId}`;
  };

  return {
    /** Slack sends over the socket and nowhere else. */
    enabled: parts.enabled,
    /** The name in the addresses it hands out from now on, which only a forward proxy looks up; 127.0.0.1 at first. */
    handOut(name: string): void {
      host = name;
    },
    /** Accepts a connection at an address that was not used before. */
    upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
      const { pathname, searchParams } = new URL(request.url ?? '/', parts.url());
      if (pathname !== '/link/' || !tickets.delete(searchParams.get('ticket') ?? '')) {
        socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n');
        return;
      }
      upgrades.handleUpgrade(request, socket, head, hello);
    },
    /** Hands an envelope to the newest connection, if any, and waits `patience` ms for its acknowledgement. */
    send(type: string, payload: Json, patience: number): Promise<Received> {
      const started = performance.now();
      const envelope = randomUUID();
      return new Promise((resolve) => {
        const finish = (part: Partial<Received>) => {
          clearTimeout(timer);
          waiting.delete(envelope);
          const ms = performance.now() - started;
          resolve({ status: 0, body: '', contentType: 'application/json', timedOut: false, ms, ...part });
        };
        const timer = setTimeout(() => finish({ timedOut: true }), patience);
        waiting.set(envelope, (answer) =>
          finish({ status: 200, body: Object.keys(answer).length === 0 ? '' : JSON.stringify(answer) }),
        );
        const socket = [...connected].at(-1);
        if (!socket) finish({});
        socket?.send(
          JSON.stringify({ type, envelope_id: envelope, accepts_response_payload: type !== 'events_api', payload }),
        );
      });
    },
    /** How many connections there are. */
    count: (): number => connected.size,
    /** Asks every connection to reconnect, as Slack does every few hours before it closes them. */
    refresh(): void {
      for (const socket of connected) {
        socket.send(JSON.stringify({ type: 'disconnect', reason: 'refresh_requested' }));
      }
    },
    /** From now on connections are accepted and stay silent; or they speak again. */
    setMute(to: boolean): void {
      mute = to;
    },
    /** Breaks every connection silently. */
    cut(): void {
      for (const socket of connected) socket.terminate();
    },
    close: (): void => {
      for (const socket of connected) socket.terminate();
      upgrades.close();
    },
  };
}

/** An envelope contains what would be the body of a request. */
export function envelopeOf(body: string, json: boolean): { type: string; payload: Json } {
  if (json) return { type: 'events_api', payload: read(body) };
  const form = Object.fromEntries(new URLSearchParams(body));
  if (form.payload === undefined) return { type: 'slash_commands', payload: form };
  return { type: 'interactive', payload: read(form.payload) };
}

function read(text: string): Json {
  const value: unknown = JSON.parse(text);
  return isJson(value) ? value : {};
}
