import fc from 'fast-check';
import pg from 'pg';
import { countEnds, openWire } from '../../bench/wire.js';

test('statements are counted one by one, however they are sent', async () => {
  const wire = await openWire(process.env.PUSHBUTTON_TEST_SERVER ?? '');
  const client = new pg.Client({ connectionString: wire.url });
  await client.connect();
  try {
    const counted = async (work: () => Promise<unknown>): Promise<number> => {
      const before = wire.statements();
      await work();
      return wire.statements() - before;
    };
    expect(await counted(() => client.query('select 1'))).toBe(1);
    expect(await counted(() => client.query('select $1::int', [1]))).toBe(1);
    expect(await counted(() => client.query({ name: 'n', text: 'select $1::int', values: [1] }))).toBe(1);
    expect(await counted(() => client.query('begin; select 1; select 2; commit'))).toBe(4);
    expect(await counted(() => client.query("select repeat('C', 100000) from generate_series(1, 50)"))).toBe(1);
    expect(await counted(() => client.query('select 1/0').catch(() => {}))).toBe(1);
    expect(await counted(() => client.query('listen somebody; notify somebody'))).toBe(2);
  } finally {
    await client.end();
    await wire.stop();
  }
});

test('what the server sends may be cut anywhere', () => {
  const message = (letter: string, body: number) => {
    const bytes = Buffer.alloc(5 + body, 'C');
    bytes.write(letter);
    bytes.writeInt32BE(4 + body, 1);
    return bytes;
  };
  const sent = Buffer.concat([message('D', 300), message('C', 13), message('Z', 1), message('I', 0), message('E', 40)]);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }), (sizes) => {
      let ends = 0;
      const read = countEnds(() => (ends += 1));
      for (let at = 0, n = 0; at < sent.length; n += 1) {
        const size = sizes[n % sizes.length] as number;
        read(sent.subarray(at, at + size));
        at += size;
      }
      expect(ends).toBe(3);
    }),
  );
});
