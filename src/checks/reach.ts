import { promises as dns, type LookupAddress } from 'node:dns';
import { once } from 'node:events';
import { connect, isIP, type LookupFunction, type Socket } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import { addressIn, forbidden } from './addresses.js';
import { Fault, faultOf } from './fault.js';
import { tunnel } from './tunnel.js';

export interface Reach {
  /** Whether the config has `checks: { private: true }`. */
  readonly isPrivateAllowed: boolean;
  /** The forward proxy for an address, as a URL; null: it is reached directly. */
  readonly proxyOf: (url: URL) => string | null;
  /** What the system says of a name. */
  readonly resolve?: (name: string) => Promise<readonly LookupAddress[]>;
  /** Certificates in PEM to trust instead of those that Node knows, which include NODE_EXTRA_CA_CERTS. */
  readonly authorities?: string;
}

const systemResolve = (name: string) => dns.lookup(name, { all: true });

/**
 * Opens a connection to the host of a URL, with TLS for https; throws a `Fault`. It is closed when the signal is aborted.
 *
 * The name is looked up once, and the connection goes to what was judged: a name server that answers otherwise a moment later
 * changes nothing. One forbidden address among several is enough to refuse. Through a forward proxy the tunnel is asked for to
 * the judged address, too; where private addresses are allowed, the proxy gets the name and looks it up itself.
 */
export async function reach(url: URL, deps: Reach, signal: AbortSignal): Promise<Socket> {
  const isSecure = url.protocol === 'https:';
  const port = Number(url.port) || (isSecure ? 443 : 80);
  const host = addressIn(url) ?? url.hostname;
  const proxy = deps.proxyOf(url);
  const isProxysToFind = proxy !== null && deps.isPrivateAllowed && !isIP(host);
  const addresses = isProxysToFind ? [] : await judged(host, deps);
  signal.throwIfAborted();
  const through = proxy === null ? null : await tunnel(proxy, forProxy(addresses) ?? host, port, signal);
  const options = { host, port, lookup: answering(addresses) };
  const socket = isSecure
    ? connectSecurely({
        ...options,
        // Of an address, it is the address that the certificate must name.
        servername: isIP(host) ? '' : host,
        ALPNProtocols: ['http/1.1'],
        ...(deps.authorities === undefined ? {} : { ca: deps.authorities }),
        ...(through ? { socket: through } : {}),
      })
    : (through ?? connect(options));
  // Nobody else listens before fetch has it, and after.
  socket.on('error', () => {});
  const close = () => {
    socket.destroy();
    through?.destroy();
  };
  signal.addEventListener('abort', close, { once: true });
  socket.once('close', () => signal.removeEventListener('abort', close));
  if (signal.aborted) close();
  try {
    if (socket !== through) await once(socket, isSecure ? 'secureConnect' : 'connect', { signal });
  } catch (error) {
    throw faultOf(error);
  }
  return socket;
}

async function judged(host: string, { isPrivateAllowed, resolve = systemResolve }: Reach): Promise<LookupAddress[]> {
  const addresses = isIP(host) ? [{ address: host, family: isIP(host) }] : await found(host, resolve);
  const kinds = addresses.map(({ address }) => forbidden(address, isPrivateAllowed));
  const kind = kinds.find((one) => one !== null);
  if (kind) throw new Fault('private address', kind);
  return addresses;
}

async function found(host: string, resolve: NonNullable<Reach['resolve']>): Promise<LookupAddress[]> {
  try {
    const addresses = await resolve(host);
    if (addresses.length > 0) return [...addresses];
  } catch (error) {
    throw new Fault('no such name', String((error as { code?: unknown }).code));
  }
  throw new Fault('no such name', 'ENOTFOUND');
}

/** Any proxy reaches IPv4. */
function forProxy(addresses: readonly LookupAddress[]): string | undefined {
  return (addresses.find(({ family }) => family === 4) ?? addresses[0])?.address;
}

/** Instead of another look-up. Node tries one address after the other if it asks for all. */
const answering =
  (addresses: LookupAddress[]): LookupFunction =>
  (_, { all }, done) => {
    const [first = { address: '', family: 0 }] = addresses;
    if (all) done(null, addresses);
    else done(null, first.address, first.family);
  };
