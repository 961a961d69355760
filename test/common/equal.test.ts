import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import t from 'tap';
import { equalData } from '../../src/common/equal.js';

t.test('plain data', (t) => {
  const equal: readonly (readonly [unknown, unknown])[] = [
    [
      { a: 1, b: [2, { c: null }] },
      { b: [2, { c: null }], a: 1 },
    ],
    [{ a: 1, b: undefined }, { a: 1 }],
    [{ a: 1 }, { a: 1, b: undefined }],
    [{ a: undefined }, { b: undefined }],
    [[], []],
    [{}, {}],
  ];
  for (const [a, b] of equal) t.ok(equalData(a, b), JSON.stringify([a, b]));
  const different: readonly (readonly [unknown, unknown])[] = [
    [{ a: 1 }, { a: 2 }],
    [{ a: 1 }, { b: 1 }],
    [{ a: 1, b: undefined }, { b: 1 }],
    [{}, { a: 1 }],
    [{ a: 1 }, {}],
    [
      [1, 2],
      [2, 1],
    ],
    [[], {}],
    [{}, null],
    [null, {}],
    ['1', 1],
    [{ toString: 1 }, {}],
    [JSON.parse('{"__proto__": 1}'), {}],
  ];
  for (const [a, b] of different) t.notOk(equalData(a, b), JSON.stringify([a, b]));
  t.end();
});

t.test('members that do not count', (t) => {
  const except = new Set(['version']);
  t.ok(equalData({ a: 1, version: 1 }, { a: 1, version: 2 }, except));
  t.ok(equalData({ a: 1, version: 1 }, { a: 1 }, except));
  t.ok(equalData({ a: 1 }, { a: 1, version: 1 }, except));
  t.notOk(equalData({ a: 1, version: 1 }, { a: 2, version: 1 }, except));
  t.notOk(equalData({ a: { version: 1 } }, { a: { version: 2 } }, except), 'only of the values themselves');
  t.end();
});

t.test('as JSON has it', (t) => {
  const json = fc.jsonValue({ maxDepth: 3 });
  const copy = (value: unknown): unknown => JSON.parse(JSON.stringify(value)) as unknown;
  fc.assert(
    fc.property(json, json, (a, b) => {
      const expected = isDeepStrictEqual(copy(a), copy(b));
      return equalData(a, b) === expected && equalData(b, a) === expected && equalData(copy(a), copy(a));
    }),
    { numRuns: 300 },
  );
  t.end();
});
