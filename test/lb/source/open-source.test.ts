import t from 'tap';
import type { Test } from 'tap';
import { silentLogger } from '../../../src/common/logger.js';
import { announcementOf } from '../../../src/lb/source/announcement.js';
import type { CatalogSource } from '../../../src/lb/source/catalog-source.js';
import { openCatalogSource } from '../../../src/lb/source/open-source.js';
import type { SourceOptions, SourceParts } from '../../../src/lb/source/open-source.js';
import { catalogApp, catalogInstance, startFakeCatalog } from '../../support/fake-catalog.js';
import type { FakeCatalog } from '../../support/fake-catalog.js';
import { marathonApp, startFakeMarathon, status } from '../../support/fake-marathon.js';
import type { FakeMarathon } from '../../support/fake-marathon.js';
import { freePort } from '../../support/ports.js';
import { waitFor } from '../../support/wait.js';

const announcement = { edge: 'here:80', role: 'lb' } as const;

async function open(
  t: Test,
  schedulers: readonly string[],
  { options = {}, parts = {} }: { options?: Partial<SourceOptions>; parts?: Partial<SourceParts> } = {},
): Promise<CatalogSource> {
  const source = await openCatalogSource(
    { schedulers, pollSeconds: 600, ...options },
    {
      announcement,
      logger: silentLogger,
      onChange: () => undefined,
      random: () => 0,
      losses: { confirmAfterMs: 300 },
      ekidenPatienceMs: 0,
      ...parts,
    },
  );
  t.teardown(() => source.close());
  return source;
}

async function fakeCatalog(t: Test): Promise<FakeCatalog> {
  const catalog = await startFakeCatalog();
  t.teardown(() => catalog.close());
  return catalog;
}

const idsOf = (source: CatalogSource): string[] => [...source.catalog.apps.keys()].sort();

/** Passes every request on to a Marathon, as one that is upgraded in place would have served it before. */
function servesAs(marathon: FakeMarathon, catalog: FakeCatalog): void {
  marathon.faults.set('/ekiden', (request, response) =>
    status(307, { Location: `${catalog.url}${request.url}` })(request, response),
  );
}

t.test('an Ekiden is followed by its catalog stream', async (t) => {
  const catalog = await fakeCatalog(t);
  catalog.publish({ apps: [catalogApp('/a', 10001)] });
  const source = await open(t, [catalog.url]);
  await waitFor('the catalog', () => source.status.synced);
  t.match(source.status, { kind: 'ekiden', connected: true, scheduler: catalog.url, problems: [] });
  t.same(idsOf(source), ['/a']);
});

t.test('any other Marathon by its events', async (t) => {
  const marathon = await startFakeMarathon(t);
  marathon.apps = [marathonApp('/a', 10001, [31000])];
  let changes = 0;
  const source = await open(t, [marathon.url], { parts: { onChange: () => (changes += 1) } });
  t.match(source.status, { kind: undefined, synced: false });
  await waitFor('the apps', () => source.status.synced && source.status.connected);
  t.match(source.status, { kind: 'marathon', scheduler: marathon.url });
  source.acknowledge(source.catalog.position, []);
  marathon.apps = [...marathon.apps, marathonApp('/b', 10002, [])];
  source.calledBack();
  await waitFor('the app', () => idsOf(source).length === 2);
  t.equal(changes, 2);
  t.notOk(
    marathon.requests.some((request) => request.startsWith('POST')),
    'no receipts',
  );
});

t.test('a list may hold both, and what cannot be reached', async (t) => {
  const dead = `http://127.0.0.1:${await freePort()}`;
  const marathon = await startFakeMarathon(t);
  marathon.apps = [marathonApp('/a', 10001, [31000])];
  const catalog = await fakeCatalog(t);
  catalog.publish({ apps: [catalogApp('/a', 10001)], instances: [catalogInstance('/a', 'a.31000', [31000])] });
  const first = await open(t, [dead, marathon.url, catalog.url]);
  await waitFor('the apps', () => first.status.synced);
  t.equal(first.status.kind, 'marathon');
  marathon.faults.set('/', status(503));
  marathon.cut();
  await waitFor('the other one', () => first.status.kind === 'ekiden' && first.status.connected);
  t.same(idsOf(first), ['/a']);

  const second = await open(t, [catalog.url, marathon.url]);
  await waitFor('the catalog', () => second.status.synced);
  t.equal(second.status.kind, 'ekiden');
});

t.test('a Marathon that becomes an Ekiden, and the other way round', async (t) => {
  const marathon = await startFakeMarathon(t);
  marathon.apps = [marathonApp('/a', 10001, [31000])];
  const source = await open(t, [marathon.url]);
  await waitFor('the apps', () => source.status.kind === 'marathon' && source.status.connected);
  const catalog = await fakeCatalog(t);
  catalog.publish({ apps: [catalogApp('/a', 10001), catalogApp('/new', 10002)] });
  servesAs(marathon, catalog);
  marathon.cut();
  await waitFor('the catalog', () => source.status.kind === 'ekiden' && idsOf(source).length === 2);
  t.ok(source.status.synced);
  t.equal(source.catalog.position.epoch, 'e1');

  marathon.faults.clear();
  catalog.answerWith({ status: 503 });
  catalog.disconnect();
  await waitFor('the apps of Marathon', () => source.status.kind === 'marathon' && idsOf(source).length === 1);
});

t.test('while an Ekiden was there a moment ago, a Marathon in the same list is not followed', async (t) => {
  const catalog = await fakeCatalog(t);
  const marathon = await startFakeMarathon(t);
  catalog.publish({ apps: [catalogApp('/a', 10001)] });
  const source = await open(t, [catalog.url, marathon.url], { parts: { ekidenPatienceMs: 600_000 } });
  await waitFor('the catalog', () => source.status.synced);
  catalog.answerWith({ status: 503 });
  catalog.disconnect();
  await waitFor('that the other one is asked', () => marathon.requests.length >= 2);
  catalog.answerWith(undefined);
  catalog.publish({ apps: [catalogApp('/b', 10002)] });
  await waitFor('what was missed', () => idsOf(source).length === 2);
  t.notOk(marathon.requests.some((request) => request.startsWith('GET /v2/')));
});

t.test('a new leader of Ekiden who suddenly knows nothing is looked at twice', async (t) => {
  const catalog = await fakeCatalog(t);
  const apps = [catalogApp('/a', 10001), catalogApp('/b', 10002)];
  catalog.publish({ apps });
  const source = await open(t, [catalog.url], { parts: { losses: { confirmAfterMs: 1_000 } } });
  await waitFor('the catalog', () => source.status.synced);
  const a = source.catalog.apps.get('/a');
  catalog.newEpoch('e2');
  await waitFor('the doubt', () => /2 of 2 apps .* suddenly gone/.test(source.status.lastError ?? ''));
  t.same(idsOf(source), ['/a', '/b']);
  catalog.publish({ apps: apps.map((app) => structuredClone(app)) });
  await waitFor('the second look', () => source.catalog.position.epoch === 'e2');
  t.same(idsOf(source), ['/a', '/b']);
  t.equal(source.catalog.apps.get('/a'), a, 'what is equal stays the same object');

  catalog.publish({ removedApps: ['/a', '/b'] });
  await waitFor('a removal as a change', () => idsOf(source).length === 0);
  catalog.publish({ apps });
  await waitFor('the apps', () => idsOf(source).length === 2);
  catalog.newEpoch('e3');
  await waitFor('that it is believed in the end', () => source.catalog.position.epoch === 'e3');
  t.same(idsOf(source), []);
});

t.test('how an edge introduces itself', (t) => {
  const options = { bindAddress: '192.0.2.1', haproxyHttpPort: 80, host: '192.0.2.2', lbPort: 8000 };
  t.same(announcementOf(options, 'a-secret'), {
    edge: '192.0.2.1:80',
    role: 'lb',
    apiUrl: 'http://192.0.2.2:8000',
    proof: 'a-secret',
  });
  t.match(announcementOf({ ...options, bindAddress: '2001:db8::1', host: '2001:db8::2' }, 'a-secret'), {
    edge: '[2001:db8::1]:80',
    role: 'lb',
    apiUrl: 'http://[2001:db8::2]:8000',
  });
  const everywhere = announcementOf({ ...options, bindAddress: '*', host: '0.0.0.0' }, 'a-secret');
  t.notMatch(everywhere.edge, /^\*|^0\.0/);
  t.notMatch(everywhere.apiUrl, '0.0.0.0');
  t.end();
});
