/** Reads what is exported to a collector, strictly (opentelemetry-proto, trace/v1/trace.proto). */

import { fieldsOf, type Value } from './protobuf.js';

export interface SpanRead {
  readonly trace: string;
  readonly id: string;
  /** '' at the beginning of a trace. */
  readonly parent: string;
  readonly name: string;
  readonly kind: 'internal' | 'server' | 'client';
  /** In ms since 1970. */
  readonly start: number;
  readonly end: number;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  /** The traces that it is linked with. */
  readonly links: readonly { readonly trace: string; readonly id: string }[];
  readonly failed: boolean;
  /** What describes the process that sent it. */
  readonly resource: Readonly<Record<string, string | number | boolean>>;
}

/** The values of a field; throws if the message has a field that is not among those that are known. */
function read(message: Buffer, known: Readonly<Record<string, number>>): (name: string) => Value[] {
  const fields = fieldsOf(message);
  for (const [number] of fields)
    if (!Object.values(known).includes(number)) throw new Error(`there is no field ${number}`);
  return (name) => fields.flatMap(([number, value]) => (number === known[name] ? [value] : []));
}

const bytes = (value: Value | undefined): Buffer => (Buffer.isBuffer(value) ? value : Buffer.alloc(0));
const text = (value: Value | undefined): string => bytes(value).toString('utf8');
const ms = (value: Value | undefined): number => Number((value as bigint) / 1_000n) / 1_000;

function hex(value: Value | undefined, length: number): string {
  const id = bytes(value);
  if (id.length !== length || id.every((byte) => byte === 0)) throw new Error(`an id must have ${length} bytes`);
  return id.toString('hex');
}

function attributesOf(all: Value[]): Record<string, string | number | boolean> {
  return Object.fromEntries(
    all.map((one) => {
      const pair = read(bytes(one), { key: 1, value: 2 });
      const value = read(bytes(pair('value')[0]), { string: 1, bool: 2, int: 3, double: 4 });
      const [bool] = value('bool');
      const [int] = value('int');
      const [double] = value('double');
      if (bool !== undefined) return [text(pair('key')[0]), bool === 1n];
      if (int !== undefined) return [text(pair('key')[0]), Number(int)];
      if (typeof double === 'bigint') {
        const held = Buffer.alloc(8);
        held.writeBigUInt64LE(double);
        return [text(pair('key')[0]), held.readDoubleLE()];
      }
      return [text(pair('key')[0]), text(value('string')[0])];
    }),
  );
}

const KINDS: Readonly<Record<string, SpanRead['kind']>> = { 1: 'internal', 2: 'server', 3: 'client' };
const SPAN = {
  ...{ trace: 1, id: 2, state: 3, parent: 4, name: 5, kind: 6, start: 7, end: 8, attributes: 9, droppedAttributes: 10 },
  ...{ events: 11, droppedEvents: 12, links: 13, droppedLinks: 14, status: 15, flags: 16 },
};

function spanOf(message: Buffer, resource: SpanRead['resource']): SpanRead {
  const span = read(message, SPAN);
  const kind = KINDS[String(span('kind')[0])];
  const name = text(span('name')[0]);
  const [start, end] = [ms(span('start')[0]), ms(span('end')[0])];
  const [parent] = span('parent');
  const [status] = span('status');
  if (!kind || !name || start > end) throw new Error(`a span ${name} of kind ${kind} from ${start} to ${end}`);
  return {
    trace: hex(span('trace')[0], 16),
    id: hex(span('id')[0], 8),
    parent: parent === undefined || bytes(parent).length === 0 ? '' : hex(parent, 8),
    ...{ name, kind, start, end, resource },
    attributes: attributesOf(span('attributes')),
    links: span('links').map((one) => {
      const link = read(bytes(one), { trace: 1, id: 2, state: 3, attributes: 4, droppedAttributes: 5, flags: 6 });
      return { trace: hex(link('trace')[0], 16), id: hex(link('id')[0], 8) };
    }),
    failed: status !== undefined && read(bytes(status), { message: 2, code: 3 })('code')[0] === 2n,
  };
}

/** The spans of an ExportTraceServiceRequest. Throws if it is none. */
export function spansOf(request: Buffer): SpanRead[] {
  return read(request, { resourceSpans: 1 })('resourceSpans').flatMap((one) => {
    const ofResource = read(bytes(one), { resource: 1, scopeSpans: 2, schema: 3 });
    const [resource] = ofResource('resource');
    const described = attributesOf(read(bytes(resource), { attributes: 1, dropped: 2 })('attributes'));
    return ofResource('scopeSpans').flatMap((scoped) =>
      read(bytes(scoped), { scope: 1, spans: 2, schema: 3 })('spans').map((span) => spanOf(bytes(span), described)),
    );
  });
}
