import { BlockList, isIPv4, isIPv6 } from 'node:net';

/** What an address is, other than public. */
type AddressKind = 'loopback' | 'private network' | 'link-local' | 'metadata' | 'special';

/**
 * Ranges that are not of the public network (iana.org/assignments/iana-ipv4-special-registry), and addresses at which clouds
 * hand out credentials: AWS, GCP, Azure and others at 169.254.169.254, Alibaba and Oracle at their own, Azure also at a public
 * one. The first line that fits holds.
 */
const V4: readonly (readonly [range: string, AddressKind])[] = [
  ['127.0.0.0/8', 'loopback'],
  ['169.254.0.0/16', 'link-local'],
  ['100.100.100.200/32', 'metadata'],
  ['192.0.0.192/32', 'metadata'],
  ['168.63.129.16/32', 'metadata'],
  ['10.0.0.0/8', 'private network'],
  ['172.16.0.0/12', 'private network'],
  ['192.168.0.0/16', 'private network'],
  ['100.64.0.0/10', 'private network'],
  // A connection to it ends at this machine.
  ['0.0.0.0/8', 'special'],
  ['192.0.0.0/24', 'special'],
  ['192.0.2.0/24', 'special'],
  ['192.88.99.0/24', 'special'],
  ['198.18.0.0/15', 'special'],
  ['198.51.100.0/24', 'special'],
  ['203.0.113.0/24', 'special'],
  // Multicast, reserved, broadcast.
  ['224.0.0.0/3', 'special'],
];

/** The same of iana.org/assignments/iana-ipv6-special-registry. What is not in 2000::/3 is never public. */
const V6: readonly (readonly [range: string, AddressKind])[] = [
  ['::1/128', 'loopback'],
  ['fe80::/10', 'link-local'],
  ['fd00:ec2::254/128', 'metadata'],
  ['fd20:ce::254/128', 'metadata'],
  ['fc00::/7', 'private network'],
  ['fec0::/10', 'private network'],
  // Teredo and others; documentation; 6to4, which leads to any IPv4 address.
  ['2001::/23', 'special'],
  ['2001:db8::/32', 'special'],
  ['2002::/16', 'special'],
  ['3fff::/20', 'special'],
  ['::/3', 'special'],
  ['4000::/2', 'special'],
  ['8000::/1', 'special'],
];

/** IPv6 addresses that lead to the IPv4 address at their end: mapped, and NAT64 of networks without IPv4 (RFC 6052). */
const LEAD_TO_V4 = ['::ffff:0:0', '64:ff9b::'];

function listOf(range: string, family: 'ipv4' | 'ipv6'): BlockList {
  const [net = '', bits] = range.split('/');
  const list = new BlockList();
  list.addSubnet(net, Number(bits), family);
  return list;
}
const v4 = V4.map(([range, kind]) => [listOf(range, 'ipv4'), kind] as const);
const v6 = V6.map(([range, kind]) => [listOf(range, 'ipv6'), kind] as const);
const leadToV4 = LEAD_TO_V4.map((net) => listOf(`${net}/96`, 'ipv6'));

/** The kind of an IP address as the system writes it; null for a public one. What is no address is `special`. */
export function kindOf(address: string): AddressKind | null {
  if (isIPv4(address)) return v4.find(([list]) => list.check(address, 'ipv4'))?.[1] ?? null;
  const [bare = ''] = address.split('%');
  if (!isIPv6(bare)) return 'special';
  if (leadToV4.some((list) => list.check(bare, 'ipv6'))) return kindOf(v4At(bare));
  return v6.find(([list]) => list.check(bare, 'ipv6'))?.[1] ?? null;
}

/** The IPv4 address at the end of an IPv6 one. A URL writes its last four bytes as two numbers. */
function v4At(address: string): string {
  const [, high = '', low = ''] = /([\da-f]+):([\da-f]+)\]$/.exec(new URL(`http://[${address}]`).hostname) ?? [];
  const [a, b] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return [a >> 8, a & 255, b >> 8, b & 255].join('.');
}

/**
 * Why a check may not go to an address: its kind; null if it may. No team's health page is where a cloud keeps credentials,
 * so those stay forbidden where private addresses are allowed.
 */
export function forbidden(address: string, isPrivateAllowed: boolean): AddressKind | null {
  const kind = kindOf(address);
  return isPrivateAllowed && kind !== 'link-local' && kind !== 'metadata' ? null : kind;
}

/** The host of a URL as an address; null if it is a name. The URL has already read 0x7f.1 and 2130706433 as 127.0.0.1. */
export function addressIn({ hostname }: URL): string | null {
  const bare = hostname.replace(/^\[|\]$/g, '');
  return isIPv4(bare) || isIPv6(bare) ? bare : null;
}
