import fc from 'fast-check';
import t from 'tap';
import { decodeRecords, encodeRecord, RecordIoError } from '../../src/mesos/recordio.js';

async function* chunks(parts: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield part;
}

async function decodeAll(parts: Iterable<Uint8Array>, max?: number): Promise<unknown[]> {
  const records: unknown[] = [];
  for await (const record of decodeRecords(chunks(parts), max)) records.push(JSON.parse(record.toString('utf8')));
  return records;
}

t.test('any cut of the stream gives the same records', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ type: fc.string(), text: fc.string({ unit: 'grapheme' }) }), { maxLength: 8 }),
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }),
      async (messages, sizes) => {
        const all = Buffer.concat(messages.map(encodeRecord));
        const parts: Buffer[] = [];
        for (let at = 0, i = 0; at < all.length; i++) {
          const size = sizes[i % sizes.length] ?? 1;
          parts.push(all.subarray(at, at + size));
          at += size;
        }
        t.same(await decodeAll(parts), messages);
      },
    ),
    { numRuns: 100 },
  );
});

t.test('lengths are counted in bytes', async (t) => {
  t.equal(encodeRecord('é').toString('utf8'), '4\n"é"');
});

t.test('refuses what is not RecordIO', async (t) => {
  for (const bad of ['x\n{}', '-1\n', '3\n{}', '2', '99999999999999999999999', '1 \n1']) {
    await t.rejects(decodeAll([Buffer.from(bad)]), RecordIoError, JSON.stringify(bad));
  }
  await t.rejects(decodeAll([Buffer.from('100\n')], 99), /100 bytes, allowed 99/);
});
