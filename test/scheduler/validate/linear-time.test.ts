import t from 'tap';
import type { Json } from '../../../src/scheduler/model/app-definition.js';
import { parseLabelSelector } from '../../../src/scheduler/api/parse/label-selector.js';
import { buildDefinition } from '../../../src/scheduler/core/normalize/build-definition.js';

/** Texts of `n` characters or so that are hard for one expression or another, and where they are put. */
const places: readonly (readonly [name: string, member: (hostile: string) => Readonly<Record<string, Json>>])[] = [
  ['id', (x) => ({ id: x })],
  ['executor', (x) => ({ executor: x })],
  ['port name', (x) => ({ portDefinitions: [{ name: x }] })],
  ['network name', (x) => ({ networks: [{ name: x }] })],
  ['uri', (x) => ({ uris: [x] })],
  ['dependency', (x) => ({ dependencies: [x] })],
  ['expression', (x) => ({ constraints: [['hostname', 'LIKE', x]] })],
  ['value', (x) => ({ constraints: [['hostname', 'IS', x]] })],
  ['number', (x) => ({ constraints: [['hostname', 'MAX_PER', x]] })],
  ['label', (x) => ({ labels: { [x]: x } })],
  ['variable', (x) => ({ env: { [x]: x } })],
  ['role', (x) => ({ role: x, acceptedResourceRoles: [x] })],
];

const hostileTexts: readonly (readonly [name: string, text: (n: number) => string])[] = [
  ['one label', (n) => `${'a'.repeat(n)}_`],
  ['labels', (n) => `${'a.'.repeat(n / 2)}_`],
  ['segments', (n) => `${'/a'.repeat(n / 2)}/_`],
  ['slashes', (n) => `${'/'.repeat(n)}_`],
  ['dashes', (n) => `a${'-'.repeat(n)}`],
  ['groups', (n) => '(a+)+$'.repeat(n / 6)],
  ['blanks', (n) => `${' '.repeat(n)}x`],
  ['escapes', (n) => '%41'.repeat(n / 3)],
];

/** The least time of a few runs, in milliseconds: what else the machine does only adds. */
function leastTime(work: () => void): number {
  const times = Array.from({ length: 4 }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  });
  return Math.min(...times);
}

/** How much longer `growth` times as much takes; at most this much for linear work, which costs `growth`; quadratic costs its square. */
const growth = 16;
const mostForLinear = growth * 5;
/** Less than this cannot be measured. */
const tick = 0.05;

function growthOf(work: (n: number) => void, n: number): number {
  const small = Math.max(
    tick,
    leastTime(() => work(n)),
  );
  return leastTime(() => work(n * growth)) / small;
}

const options = { partial: false, mesosRole: '*' };

t.test('whatever text a member has, it is read in linear time', (t) => {
  for (const [place, member] of places) {
    for (const [kind, text] of hostileTexts) {
      const read = (n: number): void => {
        const built = buildDefinition(undefined, '/a', { cmd: 'sleep 1', ...member(text(n)) }, options);
        // What is answered is part of the work
        JSON.stringify(built);
      };
      const grown = growthOf(read, 3000);
      t.ok(
        grown < mostForLinear,
        `${place}, ${kind}: ${growth} times as much takes ${Math.round(grown)} times as long`,
      );
    }
  }
  t.end();
});

t.test('label selectors are read in linear time', (t) => {
  for (const [kind, text] of hostileTexts) {
    const read = (n: number): void => {
      try {
        parseLabelSelector(`a in (${text(n)}`);
      } catch {
        // Refused, which is fine
      }
    };
    const grown = growthOf(read, 3000);
    t.ok(grown < mostForLinear, `${kind}: ${growth} times as much takes ${Math.round(grown)} times as long`);
  }
  t.end();
});
