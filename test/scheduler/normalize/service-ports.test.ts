import t from 'tap';
import { changeKind } from '../../../src/scheduler/core/normalize/change-kind.js';
import { assignServicePorts, servicePortsOf } from '../../../src/scheduler/core/normalize/service-ports.js';
import type { AppDefinition } from '../../../src/scheduler/model/app-definition.js';
import { anApp } from '../../support/scheduler-fixtures.js';

const range = { min: 10000, max: 10003 };
const free = (): boolean => false;
const lowestFree =
  (isTaken: (port: number) => boolean) =>
  (from: number): number | undefined => {
    for (let port = from; port <= range.max; port++) if (!isTaken(port)) return port;
    return undefined;
  };

function withPorts(...ports: number[]): AppDefinition {
  return anApp({ portDefinitions: ports.map((port) => ({ port, protocol: 'tcp', labels: {} })) });
}

function assigned(
  ports: readonly number[],
  former: readonly number[] | undefined,
  isTaken: (port: number) => boolean = free,
): readonly number[] | undefined {
  const result = assignServicePorts(
    withPorts(...ports),
    former === undefined ? undefined : withPorts(...former),
    lowestFree(isTaken),
    range,
  );
  return result.ok ? servicePortsOf(result.draft) : undefined;
}

t.test('service ports', (t) => {
  t.same(assigned([0, 0], undefined), [10000, 10001], 'the lowest free ones');
  t.same(
    assigned([0], undefined, (port) => port < 10002),
    [10002],
  );
  t.same(assigned([0, 0], [10002, 10003]), [10002, 10003], 'the former ones at their places');
  t.same(assigned([8080, 0], [10000]), [8080, 10000], 'a former one that is no longer used');
  t.same(assigned([10000, 0], undefined), [10000, 10001], 'not one that is given');
  t.same(assigned([0, 10001], [10001, 10002]), [10002, 10001]);
  t.same(assigned([0], [8080]), [10000], 'not one out of the range');
  t.same(assigned([5, 6], undefined), [5, 6], 'given numbers may be anywhere');
  t.equal(
    assigned([0], undefined, () => true),
    undefined,
    'the range is used up',
  );
  t.equal(assigned([0, 0, 0, 0, 0], undefined), undefined);
  t.end();
});

t.test('service ports of port mappings', (t) => {
  const mappings = [
    { containerPort: 80, servicePort: 0, protocol: 'tcp', labels: {} },
    { containerPort: 81, servicePort: 7000, protocol: 'tcp', labels: {} },
  ];
  const app = anApp({ portDefinitions: [], container: { type: 'MESOS', volumes: [], portMappings: mappings } });
  const result = assignServicePorts(app, undefined, lowestFree(free), range);
  t.ok(result.ok);
  if (result.ok) t.same(servicePortsOf(result.draft), [10000, 7000]);
  t.end();
});

t.test('what kind of change it is', (t) => {
  const app = anApp({ tty: true });
  t.equal(changeKind(app, { ...app }), 'none');
  t.equal(changeKind(app, { ...app, instances: 2 }), 'scale');
  t.equal(changeKind(app, { ...app, executorResources: { cpus: 1, memMib: 32, diskMib: 10 } }), 'scale');
  for (const change of [
    { labels: { a: 'b' } },
    { env: { A: '1' } },
    { killSelection: 'OLDEST_FIRST' as const },
    { tty: false },
    { executor: '/custom' },
    { secretEnv: { A: 'a' } },
    { resourceLimits: { cpus: 2 } },
    { user: 'nobody' },
  ]) {
    t.equal(changeKind(app, { ...app, instances: 2, ...change }), 'upgrade', JSON.stringify(change));
  }
  t.end();
});
