import t from 'tap';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { appsToCatalog } from '../../../src/catalog/providers/marathon/apps-to-catalog.js';
import { Catalog } from '../../../src/catalog/catalog.js';
import { bambooState } from '../../../src/lb/api/bamboo-state.js';
import { goJson } from '../../../src/lb/api/go-json.js';
import { sharedPath } from '../../support/shared.js';

interface State {
  readonly Apps: readonly Record<string, unknown>[];
  readonly Services: unknown;
}

interface Task {
  readonly Id: string;
  readonly Host: string;
  readonly Port: number;
  readonly Ports: readonly number[];
  readonly State: string;
  readonly Ready: boolean;
}

/**
 * What is told otherwise on purpose: service ports come from the app's definition, not from the field `ports` that newer Marathons lack;
 * only instances that run are in the catalog; and what Bamboo cannot see (networks, health in a few cases) is not compared.
 */
function comparable({ Apps, Services }: State): unknown {
  const apps = Apps.map(
    ({ Tasks, ServicePort, ServicePorts, ipAddress, ReadinessCheckPath, HealthChecks, ...rest }) => ({
      ...rest,
      Tasks: ((Tasks ?? []) as Task[])
        .filter(({ State }) => State === 'TASK_RUNNING' || State === 'TASK_UNREACHABLE')
        .map(({ Id, Host, Port, Ports, State, Ready }) => ({ Id, Host, Port, Ports, State, Ready })),
      fields: [ServicePort, ServicePorts, ipAddress, ReadinessCheckPath, HealthChecks].every(
        (value) => value !== undefined,
      ),
    }),
  );
  return { Apps: apps, Services };
}

const open = sharedPath('golden/lb/open');
t.test("Bamboo's own answers", { skip: open === undefined && 'no ../shared/golden/lb here' }, (t) => {
  const root = open ?? '';
  const cases = readdirSync(root).filter((name) => existsSync(join(root, name, 'bamboo.state.json')));
  t.ok(cases.length > 0);
  for (const name of cases) {
    // Bamboo shows none of the tasks in networks of containers.
    if (name.includes('networks')) continue;
    const read = (file: string): unknown => JSON.parse(readFileSync(join(root, name, file), 'utf8'));
    const { apps, instances } = appsToCatalog(read('apps.json'), { nowMs: Date.now(), previous: () => undefined });
    const catalog = new Catalog();
    catalog.change({ apps, instances, removedApps: [], removedInstances: [] });
    const file = join(root, name, 'services.json');
    const services = existsSync(file) ? (read('services.json') as Record<string, string>) : {};
    const rules = Object.entries(services).map(([id, acl]) => ({ id, acl }));
    const shown = JSON.parse(goJson(bambooState(catalog, rules))) as State;
    t.same(comparable(shown), comparable(read('bamboo.state.json') as State), name);
  }
  t.end();
});
