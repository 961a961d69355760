import { mock } from 'node:test';
import t from 'tap';
import type { Test } from 'tap';
import { EdgeRegistry } from '../../../src/catalog/edges.js';
import { CatalogFeed } from '../../../src/catalog/feed.js';
import type { Input } from '../../../src/scheduler/core/inputs.js';
import { watchDrains } from '../../../src/scheduler/drain/drain-watch.js';
import type { Instance } from '../../../src/scheduler/model/instance.js';
import { catalogInstance } from '../../support/fake-catalog.js';

const lb = { edge: 'a:8000', role: 'lb' } as const;
const dns = { edge: 'a:53', role: 'dns' } as const;
const none = { apps: [], removedApps: [], instances: [], removedInstances: [] };

const idOf = (n: number): string => `web.instance-${n}`;
const taskOf = (n: number): string => `${idOf(n)}._app.1`;

/** A feed and a registry, and a core that has drained instances and knows edges as it is told. */
function setUp(t: Test, known: readonly string[] = []) {
  mock.timers.enable({ apis: ['setInterval'] });
  t.teardown(() => mock.timers.reset());
  let nowMs = 1_000_000;
  const feed = new CatalogFeed('7');
  const registry = new EdgeRegistry(feed, () => nowMs);
  const instances = new Map<string, Instance>();
  const state = { edges: new Set(known), instances };
  const submitted: Input[] = [];
  const drain = (...numbers: readonly number[]): void => {
    const draining = { draining: true } as const;
    for (const n of numbers) instances.set(idOf(n), { drainUntil: '2026-01-01T00:00:30.000Z' } as Instance);
    const records = numbers.map((n) => ({ ...catalogInstance('/web', taskOf(n), [31_000 + n]), ...draining }));
    feed.publish({ ...none, instances: records });
  };
  return {
    feed,
    registry,
    instances,
    drain,
    start: (): void => {
      const submit = (input: Input & { type: 'edges' | 'drained' }): void => {
        submitted.push(input);
        if (input.type === 'edges') state.edges = new Set(input.edges);
      };
      const watch = watchDrains({ edges: registry, feed, state, submit, clock: () => nowMs });
      t.teardown(() => watch.close());
    },
    submitted: (): Input[] => submitted.splice(0),
    pass: (ms: number): void => {
      nowMs += ms;
      mock.timers.tick(ms);
    },
    receive: (who: typeof lb | typeof dns, seq: number, drained: readonly string[] = []): void =>
      registry.receive({ ...who, epoch: '7', seq, drained }),
  };
}

t.test('an instance goes when every edge has let go of it', async (t) => {
  const { registry, drain, start, submitted, receive } = setUp(t);
  start();
  registry.open(dns);
  registry.open(lb);
  t.same(submitted().at(-1), { type: 'edges', edges: ['dns a:53', 'lb a:8000'] });
  drain(1, 2);
  receive(lb, 1, []);
  receive(dns, 1);
  t.same(submitted(), [], 'a load balancer has sessions with both');
  receive(lb, 1, [taskOf(2)]);
  t.same(submitted(), [{ type: 'drained', instanceIds: [idOf(2)] }]);
  drain(3);
  receive(lb, 2, [taskOf(1), taskOf(2), taskOf(3)]);
  t.same(submitted(), [{ type: 'drained', instanceIds: [idOf(1)] }], 'the name server does not know of the third yet');
  receive(dns, 2);
  t.same(submitted(), [{ type: 'drained', instanceIds: [idOf(3)] }]);
});

t.test('edges that go are waited for ten seconds, and no longer', async (t) => {
  const { registry, drain, start, submitted, pass } = setUp(t);
  start();
  const close = registry.open(lb);
  submitted();
  drain(1);
  close();
  pass(9_000);
  t.same(submitted(), []);
  pass(2_000);
  t.same(submitted(), [
    { type: 'edges', edges: [] },
    { type: 'drained', instanceIds: [idOf(1)] },
  ]);
});

t.test('a new leader waits for the edges of the one before it', async (t) => {
  const { registry, drain, start, submitted, pass, receive } = setUp(t, ['lb a:8000', 'lb b:8000']);
  drain(1);
  start();
  pass(3_000);
  t.same(submitted(), [], 'they have to find it first');
  registry.open(lb);
  receive(lb, 1, [taskOf(1)]);
  t.same(submitted(), []);
  pass(7_000);
  t.same(submitted(), [
    { type: 'edges', edges: ['lb a:8000'] },
    { type: 'drained', instanceIds: [idOf(1)] },
  ]);
});

t.test('what is killed by now, or gone, is none of its business', async (t) => {
  const { registry, feed, instances, drain, start, submitted, receive } = setUp(t);
  start();
  registry.open(lb);
  submitted();
  drain(1, 2);
  instances.set(idOf(1), {} as Instance);
  feed.publish({ ...none, removedInstances: [taskOf(2)] });
  receive(lb, 2, [taskOf(1), taskOf(2)]);
  t.same(submitted(), []);
});
