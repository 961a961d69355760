import * as fc from 'fast-check';
import t from 'tap';
import { readEvents } from '../../../src/scheduler/edge-forward/read-events.js';
import type { ReadEvent } from '../../../src/scheduler/edge-forward/read-events.js';

async function* inPieces(bytes: Uint8Array, lengths: readonly number[]): AsyncGenerator<Uint8Array> {
  let start = 0;
  for (const length of lengths) {
    yield bytes.subarray(start, start + length);
    start += length;
  }
  yield bytes.subarray(start);
}

async function read(text: string, lengths: readonly number[] = []): Promise<ReadEvent[]> {
  const events: ReadEvent[] = [];
  for await (const event of readEvents(inPieces(Buffer.from(text), lengths))) events.push(event);
  return events;
}

t.test('events with and without a name and an id, comments and empty lines between them', async (t) => {
  const text =
    '\n: hello\n\nevent: state\ndata: {"a":1}\n\n\ndata:x\nid: 7\n\nevent: no data\n\ndata: a\ndata: b\n\ndata: not whole';
  t.same(await read(text), [
    { event: 'state', id: undefined, data: '{"a":1}' },
    { event: 'message', id: '7', data: 'x' },
    { event: 'message', id: undefined, data: 'a b' },
  ]);
});

t.test('however they are cut into pieces, and whatever ends their lines', async () => {
  const line = fc.string({ unit: fc.constantFrom('a', 'é', '漢', '😀', ' ', ':'), minLength: 1, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { maxLength: 8 }),
      fc.constantFrom('\n', '\r\n'),
      fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 60 }),
      async (datas, end, lengths) => {
        const text = datas.map((data) => `event: e${end}data: ${data}${end}${end}${end}`).join('');
        const events = await read(text, lengths);
        return JSON.stringify(events.map(({ data }) => data)) === JSON.stringify(datas);
      },
    ),
    { numRuns: 200 },
  );
});

t.test('what ends a line for a browser ends it here, too', async (t) => {
  t.same(await read('event: a\rdata: x\rid: 1\n\n'), [{ event: 'a', id: '1', data: 'x' }]);
});

t.test('two streams at a time do not disturb each other', async (t) => {
  const one = readEvents(inPieces(Buffer.from('data: 1\n\ndata: 2\n\n'), []));
  const other = readEvents(inPieces(Buffer.from('data: a\n\ndata: b\n\n'), []));
  const got: (string | undefined)[] = [];
  const next = async (events: AsyncGenerator<ReadEvent, undefined>): Promise<string | undefined> =>
    (await events.next()).value?.data;
  for (let i = 0; i < 2; i++) got.push(await next(one), await next(other));
  t.same(got, ['1', 'a', '2', 'b']);
});

t.test('an event without end', async (t) => {
  const endless = async function* (): AsyncGenerator<Uint8Array> {
    for (let i = 0; i < 20; i++) yield Buffer.alloc(1 << 20, 'x');
  };
  await t.rejects(async () => {
    for await (const event of readEvents(endless())) t.fail(event.data);
  }, /longer than/);
});
