import t from 'tap';
import fc from 'fast-check';
import type { CatalogApp } from '../../../src/catalog/types.js';
import { assignServicePorts } from '../../../src/lb/labels/assigned-ports.js';
import { sampleApp } from './sample-app.js';

const inNeed = (id: string, ...containerPorts: number[]): CatalogApp =>
  sampleApp(
    {},
    {
      id,
      ports: containerPorts.map((containerPort) => ({ servicePort: 0, containerPort, protocol: 'tcp', labels: {} })),
    },
  );
const withPort = (id: string, servicePort: number): CatalogApp =>
  sampleApp({}, { id, ports: [{ servicePort, protocol: 'tcp', labels: {} }] });
const plain = (
  apps: readonly CatalogApp[],
  range: readonly [number, number] | null,
): Record<string, Record<string, number>> =>
  Object.fromEntries([...assignServicePorts(apps, range)].map(([id, ports]) => [id, Object.fromEntries(ports)]));

t.test("by marathon-lb's hash", (t) => {
  t.same(plain([inNeed('/net/legacy-ip', 8080)], [10_050, 10_100]), { '/net/legacy-ip': { 0: 10_057 } });
  t.end();
});

t.test('only to apps without any service port, and only when asked for', (t) => {
  const apps = [
    inNeed('/net/legacy-ip', 8080),
    withPort('/a', 10_001),
    sampleApp({}, { id: '/none', ports: [] }),
    withPort('/host', 0),
  ];
  t.same(Object.keys(plain(apps, [10_050, 10_100])), ['/net/legacy-ip']);
  t.same(plain(apps, null), {});
  t.end();
});

t.test('a port is given once, and none that somebody has; when there is none left there is none', (t) => {
  const taken = plain([inNeed('/net/legacy-ip', 8080), withPort('/a', 10_057)], [10_050, 10_100]);
  t.not(taken['/net/legacy-ip']?.[0], 10_057);
  t.same(plain([inNeed('/b', 1, 2), inNeed('/a', 1, 2)], [7, 9]), {
    '/a': plain([inNeed('/a', 1, 2)], [7, 9])['/a'],
    '/b': {
      0: [7, 8, 9].find((port) => !Object.values(plain([inNeed('/a', 1, 2)], [7, 9])['/a'] ?? {}).includes(port)),
    },
  });
  t.same(plain([inNeed('/a', 1)], [9, 8]), { '/a': {} });
  t.end();
});

t.test('the same for the same apps in whatever order', (t) => {
  const apps = Array.from({ length: 30 }, (_, i) => inNeed(`/app-${i}`, 8080, 9090));
  const expected = plain(apps, [10_050, 10_100]);
  const all = Object.values(expected).flatMap((ports) => Object.values(ports));
  t.equal(all.length, 51);
  t.equal(new Set(all).size, 51);
  fc.assert(
    fc.property(fc.shuffledSubarray(apps, { minLength: apps.length }), (shuffled) => {
      const found = plain(shuffled, [10_050, 10_100]);
      return Object.entries(expected).every(([id, ports]) => JSON.stringify(found[id]) === JSON.stringify(ports));
    }),
    { numRuns: 20 },
  );
  t.end();
});
