/** The wire format of protobuf (protobuf.dev/programming-guides/encoding), as far as OTLP needs it. */

export type Value = bigint | Buffer;

/** The fields of a message in order: number and value, which is a number or bytes. Throws on what is cut short. */
export function fieldsOf(message: Buffer): [number: number, value: Value][] {
  const fields: [number, Value][] = [];
  let at = 0;
  const take = (length: number): Buffer => {
    if (at + length > message.length) throw new Error('a message is cut short');
    at += length;
    return message.subarray(at - length, at);
  };
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = take(1)[0] as number;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new Error('a number is too long');
  };
  while (at < message.length) {
    const tag = varint();
    const number = Number(tag >> 3n);
    switch (tag & 7n) {
      case 0n:
        fields.push([number, varint()]);
        break;
      case 1n:
        fields.push([number, take(8).readBigUInt64LE()]);
        break;
      case 2n:
        fields.push([number, take(Number(varint()))]);
        break;
      case 5n:
        fields.push([number, BigInt(take(4).readUInt32LE())]);
        break;
      default:
        throw new Error(`field ${number} has an unknown type`);
    }
  }
  return fields;
}
