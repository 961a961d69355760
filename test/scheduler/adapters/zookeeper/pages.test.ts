import fc from 'fast-check';
import t from 'tap';
import { decodeBody } from '../../../../src/scheduler/adapters/zookeeper/body.js';
import { pageSteps } from '../../../../src/scheduler/adapters/zookeeper/checkpoint.js';
import { maxNodeBytes, storeLayout } from '../../../../src/scheduler/adapters/zookeeper/layout.js';
import type { Page, PageTable } from '../../../../src/scheduler/adapters/zookeeper/pages.js';
import { emptyTable, formatPage, pageIndexOf, parsePage } from '../../../../src/scheduler/adapters/zookeeper/pages.js';
import type { Stored, StoredRecord } from '../../../../src/scheduler/adapters/zookeeper/records.js';
import {
  byKey,
  findRecord,
  formatRecord,
  mergeRecords,
  parseRecords,
} from '../../../../src/scheduler/adapters/zookeeper/records.js';

const layout = storeLayout('/');

t.test('records as text: every key and value comes back', async (t) => {
  const key = fc.string({ unit: 'binary', minLength: 1, maxLength: 6 });
  const value = fc.option(fc.json({ maxDepth: 1 }), { nil: undefined });
  fc.assert(
    fc.property(fc.uniqueArray(fc.tuple(key, value), { selector: ([k]) => k, maxLength: 8 }), key, (records, other) => {
      const sorted = [...records].sort(byKey);
      const text = sorted.map((record) => formatRecord(record)).join('');
      const found = parseRecords(text);
      const known = new Map(records);
      return (
        JSON.stringify(found) === JSON.stringify(sorted) &&
        [...known.keys(), other].every((k) => (findRecord(text, k) ?? '') === (known.get(k) ?? ''))
      );
    }),
    { numRuns: 30 },
  );
  t.throws(() => parseRecords('"a"\t{}'), /cut off/);
});

t.test('changes over records', async (t) => {
  const replaced: string[] = [];
  const merged = mergeRecords(
    [
      ['b', '1'],
      ['d', '2'],
      ['e', '3'],
    ],
    [
      ['a', '4'],
      ['b', undefined],
      ['c', undefined],
      ['d', '5'],
      ['f', '6'],
    ],
    (stored) => replaced.push(stored),
  );
  t.same(merged, [
    ['a', '4'],
    ['d', '5'],
    ['e', '3'],
    ['f', '6'],
  ]);
  t.same(replaced, ['1', '2']);
});

/** The nodes of the pages, as ZooKeeper has them. */
class Nodes {
  readonly data = new Map<string, Buffer>();

  async table(): Promise<PageTable> {
    if (this.data.size === 0) return emptyTable;
    const pages = await Promise.all(
      [...this.data].map(([path, data]) => parsePage(path.split('/').at(-1) ?? '', data)),
    );
    return pages.sort((a, b) => (a.low < b.low ? -1 : 1));
  }
}

async function recordsOf(table: PageTable): Promise<StoredRecord[]> {
  const all: StoredRecord[] = [];
  for (const page of table) all.push(...parseRecords(await decodeBody(page.body)));
  return all;
}

t.test('pages follow every change, step by step, and stay within their limits', async (t) => {
  let counter = 0;
  /** Content that does not get smaller by compression. */
  const noise = (bytes: number, seed: number): string => {
    let text = '';
    for (let n = seed * 7919 + 1; text.length < bytes; n = (n * 1_103_515_245 + 12_345) % 2_147_483_648) {
      text += n.toString(36);
    }
    return JSON.stringify(text.slice(0, bytes));
  };
  const change = fc.tuple(
    fc.integer({ min: 0, max: 400 }),
    fc.option(fc.constantFrom(50, 500, 3_000, 20_000), { nil: undefined, freq: 3 }),
  );
  const rounds = fc.array(fc.array(change, { minLength: 1, maxLength: 120 }), { minLength: 1, maxLength: 4 });
  let pagesSeen = 0;
  await fc.assert(
    fc.asyncProperty(rounds, fc.boolean(), async (all, enabled) => {
      const nodes = new Nodes();
      const model = new Map<string, string>();
      let table: PageTable = emptyTable;
      const first = Array.from({ length: 400 }, (_, number): [number, number] => [number, 1_500]);
      for (const round of [first, ...all]) {
        const changes = new Map<string, Stored>();
        for (const [number, bytes] of round) {
          const key = `k${String(number).padStart(4, '0')}`;
          changes.set(key, bytes === undefined ? undefined : noise(bytes, ++counter));
        }
        const freed: string[] = [];
        const expectedFreed = [...changes.keys()].map((key) => model.get(key)).filter((v) => v !== undefined);
        const before = new Map(model);
        const options = {
          layout,
          compression: { enabled, thresholdBytes: 100 },
          nextId: () => `p${++counter}`,
          freed: (stored: string) => freed.push(stored),
        };
        for await (const step of pageSteps(table, [...changes].sort(byKey), options)) {
          let bytes = 0;
          for (const operation of step.operations) {
            if (operation.type === 'remove' || operation.type === 'set') {
              if (!nodes.data.has(operation.path)) throw new Error(`${operation.type} of no node`);
            } else if (nodes.data.has(operation.path)) throw new Error('create of a node that is there');
            if (operation.type === 'remove') nodes.data.delete(operation.path);
            else if (operation.type !== 'check') {
              nodes.data.set(operation.path, operation.data);
              bytes += operation.data.length;
              if (operation.data.length > maxNodeBytes) throw new Error(`a node of ${operation.data.length} bytes`);
            }
          }
          if (bytes > 900_000) throw new Error(`a multi of ${bytes} bytes`);
          table = step.table;
          // Nothing that was not changed is lost or doubled at any step, and what was changed is old or new.
          const found = await recordsOf(await nodes.table());
          const seen = new Map(found);
          if (seen.size !== found.length) throw new Error('a key lies in two pages');
          for (const key of new Set([...before.keys(), ...seen.keys()])) {
            const now = seen.get(key);
            if (now !== before.get(key) && (!changes.has(key) || now !== changes.get(key)))
              throw new Error(`${key} is wrong`);
          }
        }
        for (const [key, stored] of changes) {
          if (stored === undefined) model.delete(key);
          else model.set(key, stored);
        }
        const stored = await nodes.table();
        const wanted = [...model].sort(byKey);
        if (JSON.stringify(await recordsOf(stored)) !== JSON.stringify(wanted)) throw new Error('not what was written');
        const shape = (pages: PageTable): string => JSON.stringify(pages.map(({ id, low, bytes }) => [id, low, bytes]));
        if (shape(stored) !== shape(table)) throw new Error('two tables');
        for (const [key] of wanted) {
          const page = stored[pageIndexOf(stored, key)] as Page;
          if (findRecord(await decodeBody(page.body), key) === undefined) throw new Error(`${key} is not found`);
        }
        if (JSON.stringify(freed.sort()) !== JSON.stringify(expectedFreed.sort())) throw new Error('freed is wrong');
        pagesSeen = Math.max(pagesSeen, stored.length);
      }
    }),
    { numRuns: 4 },
  );
  t.ok(pagesSeen > 10, `up to ${pagesSeen} pages`);
});

t.test('a page is read as it was written', async (t) => {
  const page: Page = { id: 'p1', low: 'k\u0001\ud800', body: Buffer.from([0, ...Buffer.from('"k"\t{}\n')]), bytes: 7 };
  t.same(await parsePage('p1', formatPage(page)), page);
  await t.rejects(decodeBody(Buffer.from([9, 1])), /byte 9/);
});
