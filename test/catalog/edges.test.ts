import t from 'tap';
import { EdgeRegistry } from '../../src/catalog/edges.js';
import type { Receipt } from '../../src/catalog/edges.js';
import { CatalogFeed } from '../../src/catalog/feed.js';
import type { CatalogChange } from '../../src/catalog/types.js';
import { catalogApp, catalogInstance } from '../support/fake-catalog.js';

function setUp() {
  let now = 1_000_000;
  const feed = new CatalogFeed('7');
  const registry = new EdgeRegistry(feed, () => now);
  const dns = { edge: 'a:53', role: 'dns' } as const;
  const lb = { edge: 'a:8000', role: 'lb', apiUrl: 'http://a:8000' } as const;
  return {
    registry,
    dns,
    lb,
    wait: (ms: number) => void (now += ms),
    publish: (change: Partial<CatalogChange>) =>
      feed.publish({ apps: [], removedApps: [], instances: [], removedInstances: [], ...change }),
    receive: (who: { edge: string; role: 'dns' | 'lb' }, seq: number, more: Partial<Receipt> = {}) =>
      registry.receive({ edge: who.edge, role: who.role, epoch: '7', seq, ...more }),
  };
}

t.test('a change is everywhere when every edge that was live has said so', (t) => {
  const { registry, dns, lb, wait, publish, receive } = setUp();
  registry.open(dns);
  registry.open(lb);
  publish({ apps: [catalogApp('/web', 1)], instances: [catalogInstance('/web', 't1', [31000])] });
  wait(7);
  receive(dns, 1);
  t.match(registry.changes(10), [{ seq: 1, apps: ['/web'], missing: ['lb a:8000'] }]);
  publish({ removedInstances: ['t1'] });
  wait(13);
  receive(lb, 2);
  const [second, first] = registry.changes(10);
  t.strictSame(
    [...(first?.reached ?? [])],
    [
      ['dns a:53', 7],
      ['lb a:8000', 20],
    ],
  );
  t.match(second, { seq: 2, apps: ['/web'], missing: ['dns a:53'] }, 'the app of an instance that is gone');
  t.strictSame([...(second?.reached ?? [])], [['lb a:8000', 13]]);
  t.match(registry.edges(), [
    { ...dns, isLive: true, seq: 1 },
    { ...lb, isLive: true, seq: 2 },
  ]);
  t.end();
});

t.test('receipts that say nothing new change nothing', (t) => {
  const { registry, dns, wait, publish, receive } = setUp();
  registry.open(dns);
  publish({ apps: [catalogApp('/a', 1)] });
  publish({ apps: [catalogApp('/b', 1)] });
  receive(dns, 99);
  t.match(registry.edges(), [{ seq: undefined }], 'a position that is not there yet');
  receive(dns, 2, { epoch: '6' });
  t.match(registry.edges(), [{ seq: undefined }], 'of another leadership');
  receive(dns, 2);
  wait(50);
  receive(dns, 2);
  receive(dns, 1);
  t.match(registry.edges(), [{ seq: 2 }]);
  t.strictSame(
    registry.changes(10).map(({ reached }) => [...reached.values()]),
    [[0], [0]],
  );
  t.end();
});

t.test('only edges that were there are waited for, and what they drained is kept', (t) => {
  const { registry, dns, lb, wait, publish, receive } = setUp();
  const close = registry.open(dns);
  close();
  close();
  wait(9_999);
  publish({ apps: [catalogApp('/a', 1)] });
  t.match(registry.changes(1), [{ missing: ['dns a:53'] }], 'it may come back at once');
  wait(1);
  publish({ apps: [catalogApp('/b', 1)] });
  t.match(registry.changes(1), [{ apps: ['/b'], missing: [] }], 'it is away');
  registry.open(lb);
  receive(lb, 2, { drained: ['t1'] });
  t.strictSame([...(registry.changes(1)[0]?.reached ?? [])], [], 'a snapshot says nothing about how long it took');
  t.strictSame([...(registry.edges()[1]?.drained ?? [])], ['t1']);
  t.strictSame(
    registry.changes(10, '/a').map(({ seq }) => seq),
    [1],
  );
  wait(10 * 60_000 + 1);
  t.match(registry.edges(), [lb], 'who is away for long is forgotten, who follows is not');
  t.end();
});

t.test('an edge that comes back says anew how far it is', (t) => {
  const { registry, dns, wait, publish, receive } = setUp();
  const close = registry.open(dns);
  publish({ apps: [catalogApp('/a', 1)] });
  wait(5);
  receive(dns, 1, { drained: ['t1'] });
  close();
  registry.open(dns);
  t.match(registry.edges(), [{ seq: undefined, isLive: true }]);
  t.equal(registry.edges()[0]?.drained.size, 0);
  wait(100);
  receive(dns, 1);
  t.match(registry.edges(), [{ seq: 1 }]);
  t.strictSame([...(registry.changes(1)[0]?.reached ?? [])], [['dns a:53', 5]], 'what it had is not later for that');
  t.end();
});

t.test('an edge is where the one says that follows last; one that has left says nothing more', (t) => {
  const { registry, lb } = setUp();
  const place = (): string | undefined => registry.edges()[0]?.apiUrl;
  const leave = registry.open(lb);
  const leaveOther = registry.open({ ...lb, apiUrl: 'http://b:8000', proof: 'of-another' });
  t.equal(place(), 'http://b:8000');
  leaveOther();
  leaveOther();
  t.strictSame([place(), registry.edges()[0]?.proof], ['http://a:8000', undefined]);
  const leaveNew = registry.open({ ...lb, apiUrl: 'http://c:8000' });
  leave();
  t.match(registry.edges(), [{ apiUrl: 'http://c:8000', isLive: true }], 'the connection before ends late');
  leaveNew();
  t.equal(place(), 'http://c:8000');
  t.end();
});

t.test('the last changes and so many edges are kept', (t) => {
  const { registry, publish } = setUp();
  for (let i = 0; i < 600; i++) publish({ apps: [catalogApp(`/a${i}`, 1)] });
  t.equal(registry.changes(1000).length, 512);
  for (let i = 0; i < 1100; i++) registry.open({ edge: `e${i}:1`, role: 'lb' });
  t.equal(registry.edges().length, 1000);
  t.end();
});
