import t from 'tap';
import { Catalog } from '../../../src/catalog/catalog.js';
import type { CatalogApp, CatalogInstance, CatalogMessage } from '../../../src/catalog/types.js';
import { taskKey, taskOwner } from '../../../src/dns/records/view.js';
import type { ClusterView } from '../../../src/dns/source/cluster-view.js';
import { applyCatalog } from '../../../src/dns/standing/apply-catalog.js';
import { instanceStanding } from '../../../src/dns/standing/instance-standing.js';
import { catalogApp, catalogInstance } from '../../support/fake-catalog.js';
import { viewTask, viewWith } from '../support/cluster.js';

const check = { protocol: 'HTTP', intervalSeconds: 10, timeoutSeconds: 5, maxConsecutiveFailures: 3 };
const plain = catalogApp('/web', 10_000);
const checked = catalogApp('/web', 10_000, { healthChecks: [check] });
const instance = (id: string, more: Partial<CatalogInstance> = {}): CatalogInstance =>
  catalogInstance('/web', id, [31_000], more);

t.test('how an instance stands', (t) => {
  for (const [more, app, standing] of [
    [{ healthy: true }, checked, 'in'],
    [{ healthy: false }, checked, 'avoided'],
    [{ healthy: null }, checked, 'avoided'],
    [{ healthy: null }, plain, 'in'],
    [{ healthy: null }, undefined, 'in'],
    [{ healthy: null, isChecked: false }, checked, 'in'],
    [{ healthy: null, isChecked: true }, plain, 'avoided'],
    [{ healthy: false }, plain, 'avoided'],
    [{ healthy: true, ready: false }, checked, 'avoided'],
    [{ healthy: null, ready: false }, plain, 'avoided'],
    [{ healthy: true, draining: true }, checked, 'withdrawn'],
    [{ healthy: false, draining: true }, checked, 'withdrawn'],
  ] as const) {
    t.equal(instanceStanding(instance('t', more), app), standing, JSON.stringify([more, app?.healthChecks.length]));
  }
  t.end();
});

t.test('an app whose health checks cannot be read has none', (t) => {
  for (const healthChecks of [undefined, null, { length: 1 }, 'HTTP']) {
    const app = { ...checked, healthChecks } as unknown as CatalogApp;
    t.equal(instanceStanding(instance('t', { healthy: null }), app), 'in', JSON.stringify(healthChecks));
  }
  t.end();
});

/** A catalog and the view that follows it. */
class Followed {
  readonly view: ClusterView;
  readonly #catalog = new Catalog();

  constructor(view: ClusterView) {
    this.view = view;
    view.takeTouched(Infinity);
  }

  snapshot(apps: readonly CatalogApp[], instances: readonly CatalogInstance[], epoch = 'e1'): string[] {
    return this.#take({ type: 'snapshot', epoch, seq: 1, apps, instances });
  }

  change(change: Partial<CatalogMessage & { type: 'change' }>): string[] {
    const { epoch, seq } = this.#catalog.position;
    const nothing = { apps: [], removedApps: [], instances: [], removedInstances: [] };
    return this.#take({ type: 'change', epoch, seq: seq + 1, ...nothing, ...change });
  }

  /** What of the view is touched. */
  #take(message: CatalogMessage): string[] {
    this.#catalog.apply(message);
    applyCatalog(this.view, this.#catalog, message);
    return this.view.takeTouched(Infinity);
  }
}

const web = viewTask({ id: 'web.1' });
const other = viewTask({ id: 'web.2' });
const [webOwner, otherOwner] = [web, other].map((task) => taskOwner(taskKey(task)));

t.test('a message touches those who stand otherwise than before', (t) => {
  const followed = new Followed(viewWith(web, other));
  const { standings } = followed.view;
  t.strictSame(followed.snapshot([checked], [instance('web.1', { healthy: true }), instance('web.2')]), [otherOwner]);
  t.strictSame([...standings], [['web.2', 'avoided']]);
  t.strictSame(followed.change({ instances: [instance('web.2')] }), [], 'the same again');
  t.strictSame(followed.change({ instances: [instance('web.2', { healthy: true })] }), [otherOwner]);
  t.strictSame(followed.change({ instances: [instance('web.1', { healthy: true, draining: true })] }), [webOwner]);
  t.strictSame(followed.change({ instances: [instance('web.2')], apps: [plain] }), [], 'checked no more');
  t.strictSame(followed.change({ apps: [checked] }), [otherOwner], 'whether it has checks was said of the app');
  t.strictSame(followed.change({ removedApps: ['/web'] }), [otherOwner]);
  t.strictSame(followed.change({ instances: [instance('unknown', { healthy: false })] }), [], 'not running yet');
  t.equal(standings.get('unknown'), 'avoided');
  followed.view.setTask(viewTask({ id: 'unknown' }));
  followed.view.takeTouched(Infinity);
  t.strictSame([...standings.keys()], ['web.1', 'unknown']);
  t.strictSame(followed.snapshot([], [instance('web.1')], 'e2'), [webOwner]);
  t.end();
});

t.test('what was said last of a task counts until it is gone', (t) => {
  const followed = new Followed(viewWith(web, other));
  const { view } = followed;
  followed.snapshot([plain], [instance('web.1', { draining: true }), instance('web.2', { healthy: false })]);
  t.strictSame(followed.change({ removedInstances: ['web.1'] }), [], 'the master has not told yet that it ended');
  t.equal(view.standings.get('web.1'), 'withdrawn');
  view.updateTask(web, 'TASK_KILLED', { state: 'TASK_KILLED', timestamp: 2 });
  t.notOk(view.standings.has('web.1'));
  view.takeTouched(Infinity);

  view.updateTask(other, 'TASK_KILLED', { state: 'TASK_KILLED', timestamp: 2 });
  t.ok(view.standings.has('web.2'), 'the other way round: the scheduler has not told yet');
  followed.change({ removedInstances: ['web.2'] });
  t.equal(view.standings.size, 0);
  view.takeTouched(Infinity);

  view.setTask(web);
  followed.change({ instances: [instance('web.1', { healthy: false })] });
  t.strictSame(followed.snapshot([], [], 'e2'), [], 'a snapshot without it');
  t.equal(view.standings.get('web.1'), 'avoided');
  followed.change({ instances: [instance('web.1', { healthy: true })] });
  t.strictSame([...view.standings], [], 'it is spoken of again');
  followed.change({ removedInstances: ['web.1'] });
  t.equal(view.standings.size, 0);
  t.end();
});
