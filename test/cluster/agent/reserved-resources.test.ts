import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import type { Test } from 'tap';
import { ReservedResources } from '../../../src/cluster/agent/reserved-resources.js';
import { parseResourcesFlag } from '../../../src/cluster/agent/parse-resources.js';
import { resourcesText } from '../../../src/cluster/resource-forms.js';
import type { ResourceOperation } from '../../../src/cluster/resource-operations.js';
import type { Resource } from '../../../src/mesos/types.js';

const configured = (text = 'cpus:2;mem:1024;disk:1000'): ReturnType<typeof parseResourcesFlag> =>
  parseResourcesFlag(text);
const amount = (name: string, value: number, more: object = {}): Resource => ({
  name,
  type: 'SCALAR',
  scalar: { value },
  reservations: [{ type: 'DYNAMIC', role: 'eng/web', principal: 'marathon' }],
  ...more,
});
const volume = (id = 'v1'): Resource =>
  amount('disk', 64, { disk: { persistence: { id }, volume: { mode: 'RW', container_path: 'data' } } });
const reserve: ResourceOperation = { type: 'RESERVE', reserve: { resources: [amount('cpus', 1), amount('disk', 64)] } };
const create: ResourceOperation = { type: 'CREATE', create: { volumes: [volume()] } };
const destroy: ResourceOperation = { type: 'DESTROY', destroy: { volumes: [volume()] } };

function paths(t: Test): { record: string; volumes: string } {
  const root = t.testdir();
  return { record: join(root, 'meta', 'resources.json'), volumes: join(root, 'volumes') };
}
const text = (reserved: ReservedResources): string => resourcesText(reserved.total, undefined);

t.test('operations are carried out in order and outlive the process', async (t) => {
  const at = paths(t);
  const first = await ReservedResources.open(at, configured());
  t.equal(first.settled, undefined);
  const both = [first.apply(reserve), first.apply(create)];
  t.ok(first.settled, 'a launch waits for them');
  await first.settled;
  await Promise.all(both);
  t.equal(first.settled, undefined);
  t.match(
    text(first),
    /cpus:1; mem:1024; disk:936; cpus\(reservations: \[\(DYNAMIC,eng\/web,marathon\)\]\):1; disk.*\[v1:data\]:64/,
  );
  const data = join(at.volumes, 'roles', 'eng', 'web', 'v1');
  await writeFile(join(data, 'log'), 'kept');

  const second = await ReservedResources.open(at, configured());
  t.equal(text(second), text(first));
  t.same(await readdir(data), ['log'], 'with what is in the volume');
  await second.apply(destroy);
  await t.rejects(readdir(data), { code: 'ENOENT' });
  await second.apply({ type: 'UNRESERVE', unreserve: { resources: [amount('cpus', 1), amount('disk', 64)] } });
  t.equal(text(second), 'cpus:2; mem:1024; disk:1000');
  const third = await ReservedResources.open(at, configured());
  t.equal(third.total.size, 3);
});

t.test('what is not possible is refused, and does not stand in the way of the next', async (t) => {
  const reserved = await ReservedResources.open(paths(t), configured());
  const impossible = reserved.apply(create);
  const possible = reserved.apply(reserve);
  await t.rejects(impossible, { message: /does not contain disk\(reservations: / });
  await possible;
  t.match(text(reserved), /eng\/web/);
});

t.test('a new volume starts empty, whatever a crash left in its place', async (t) => {
  const at = paths(t);
  const data = join(at.volumes, 'roles', 'eng', 'web', 'v1');
  await mkdir(data, { recursive: true });
  await writeFile(join(data, 'old'), 'of another');
  const reserved = await ReservedResources.open(at, configured());
  await reserved.apply(reserve);
  await reserved.apply(create);
  t.same(await readdir(data), []);
});

t.test('a start with less than what is reserved is refused, and so is a record that cannot be read', async (t) => {
  const at = paths(t);
  const reserved = await ReservedResources.open(at, configured());
  await reserved.apply(reserve);
  await t.rejects(ReservedResources.open(at, configured('cpus:0.5;disk:1000')), {
    name: 'StartupError',
    message: /^--resources: cpus:0.5; disk:1000 is less than what is reserved on this agent: cpus:1; disk:64/,
  });
  await writeFile(at.record, 'nonsense');
  await t.rejects(ReservedResources.open(at, configured()), {
    name: 'StartupError',
    message: /resources.json cannot be read/,
  });
});
