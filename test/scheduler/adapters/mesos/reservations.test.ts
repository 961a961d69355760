import t from 'tap';
import type {
  Labels,
  Offer as MesosOffer,
  OfferOperation,
  Resource,
  SchedulerEvent,
} from '../../../../src/mesos/types.js';
import { operationsOf } from '../../../../src/scheduler/adapters/mesos/offer-operations.js';
import { offerOf } from '../../../../src/scheduler/adapters/mesos/offer.js';
import type { NewReservation, Offer } from '../../../../src/scheduler/model/offer.js';
import { readRecording, recordedEvents } from '../../../support/recordings.js';

const labels = (framework: string, instance: string): Labels => ({
  labels: [
    { key: 'marathon_framework_id', value: framework },
    { key: 'marathon_task_id', value: instance },
  ],
});
const reserved = (framework: string, instance: string): Pick<Resource, 'reservations'> => ({
  reservations: [{ type: 'DYNAMIC', role: 'dev', labels: labels(framework, instance) }],
});
const cpus = (value: number, more: Partial<Resource> = {}): Resource => ({
  name: 'cpus',
  type: 'SCALAR',
  scalar: { value },
  ...more,
});
const disk = (value: number, more: Partial<Resource> = {}): Resource => ({ ...cpus(value, more), name: 'disk' });

function offerWith(resources: readonly Resource[]): Offer {
  return offerOf(
    {
      id: { value: 'O1' },
      framework_id: { value: 'F1' },
      agent_id: { value: 'S1' },
      hostname: 'agent1',
      allocation_info: { role: 'dev' },
      resources,
    },
    'dev',
  );
}

t.test('reservations of an offer, each whole, with its volumes', async (t) => {
  const volume = disk(64, {
    ...reserved('F1', 'db.instance-1'),
    disk: { persistence: { id: 'db#data#1' }, volume: { container_path: 'data', mode: 'RW' } },
  });
  const refined: Resource = cpus(2, {
    reservations: [
      { type: 'STATIC', role: 'dev' },
      { type: 'DYNAMIC', role: 'dev', labels: labels('F1', 'db.instance-1') },
    ],
  });
  const unlabelled = cpus(1, { reservations: [{ type: 'DYNAMIC', role: 'dev' }] });
  const foreign = cpus(1, reserved('F2', 'db.instance-1'));
  const revocable = cpus(1, { ...reserved('F1', 'db.instance-9'), revocable: {} });
  const offer = offerWith([
    cpus(4),
    cpus(1, reserved('F1', 'db.instance-1')),
    foreign,
    refined,
    volume,
    unlabelled,
    revocable,
  ]);
  t.same(offer.reservations, [
    {
      frameworkId: 'F1',
      instanceId: 'db.instance-1',
      role: 'dev',
      persistenceIds: ['db#data#1'],
      resources: [cpus(1, reserved('F1', 'db.instance-1')), refined, volume],
    },
    { frameworkId: 'F2', instanceId: 'db.instance-1', role: 'dev', persistenceIds: [], resources: [foreign] },
  ]);
  t.same(
    offer.resources.map((r) => [r.role, r.cpus, r.diskMib]),
    [['*', 4, 0]],
    'nothing of them is there for others',
  );
  t.notOk('reservations' in offerWith([cpus(1)]));
});

t.test('disks of their own', async (t) => {
  const mount = disk(1000, { disk: { source: { type: 'MOUNT', mount: { root: '/mnt/a' }, profile: 'fast' } } });
  const path = disk(500, { disk: { source: { type: 'PATH', path: { root: '/data' } } } });
  const offer = offerWith([
    disk(100),
    mount,
    path,
    disk(7, { disk: { source: { type: 'RAW' } } }),
    disk(7, { disk: { source: { type: 'MOUNT', mount: { root: '/mnt/b' } } }, ...reserved('F1', 'x') }),
  ]);
  t.same(offer.disks, [
    { type: 'mount', root: '/mnt/a', profileName: 'fast', sizeMib: 1000, resource: mount },
    { type: 'path', root: '/data', sizeMib: 500, resource: path },
  ]);
  t.equal(offer.resources[0]?.diskMib, 100);
  t.notOk('disks' in offerWith([disk(100)]));
});

const place: NewReservation = {
  frameworkId: 'F1',
  instanceId: 'db.instance-1',
  role: 'dev',
  cpus: 0.2,
  memMib: 64,
  diskMib: 10,
  gpus: 0,
  volumes: [{ persistenceId: 'db#data#1', containerPath: 'data', sizeMib: 64 }],
};

t.test('a volume on the root disk is reserved with the rest', async (t) => {
  const common = {
    type: 'SCALAR',
    allocation_info: { role: 'dev' },
    reservations: [{ type: 'DYNAMIC', role: 'dev', labels: labels('F1', 'db.instance-1') }],
  };
  const operations = operationsOf(
    [
      { type: 'reserve', reservation: place },
      { type: 'create', reservation: place },
    ],
    { role: 'dev' },
  );
  t.same(operations, [
    {
      type: 'RESERVE',
      reserve: {
        resources: [
          { ...common, name: 'cpus', scalar: { value: 0.2 } },
          { ...common, name: 'mem', scalar: { value: 64 } },
          { ...common, name: 'disk', scalar: { value: 74 } },
        ],
      },
    },
    {
      type: 'CREATE',
      create: {
        volumes: [
          {
            ...common,
            name: 'disk',
            scalar: { value: 64 },
            disk: { persistence: { id: 'db#data#1' }, volume: { mode: 'RW', container_path: 'data' } },
          },
        ],
      },
    },
  ]);
});

t.test('a disk of its own is reserved by itself, and keeps its source', async (t) => {
  const source = { type: 'MOUNT', mount: { root: '/mnt/a' } };
  const resource = disk(1000, { disk: { source }, provider_id: { value: 'P' } });
  const [offered] = offerWith([resource]).disks ?? [];
  if (offered === undefined) throw new Error('no disk');
  const volume = { persistenceId: 'db#data#1', containerPath: 'data', sizeMib: 1000, disk: offered };
  const reservation = { ...place, diskMib: 0, volumes: [volume] };
  const operations = operationsOf(
    [
      { type: 'reserve', reservation },
      { type: 'create', reservation },
    ],
    { role: 'dev', principal: 'marathon' },
  );
  t.match(operations, [
    { type: 'RESERVE', reserve: { resources: [{ name: 'cpus' }, { name: 'mem' }] } },
    {
      type: 'RESERVE',
      reserve: {
        resources: [
          {
            name: 'disk',
            scalar: { value: 1000 },
            disk: { source },
            provider_id: { value: 'P' },
            reservations: [{ type: 'DYNAMIC', role: 'dev', principal: 'marathon' }],
          },
        ],
      },
    },
    {
      type: 'CREATE',
      create: { volumes: [{ disk: { source, persistence: { id: 'db#data#1', principal: 'marathon' } } }] },
    },
  ]);
  t.equal(operations[0]?.reserve?.resources.length, 2);
});

t.test('what is destroyed and given back is named as it was offered', async (t) => {
  const source = { type: 'PATH', path: { root: '/data' } };
  const own = reserved('F1', 'db.instance-1');
  const volume = { persistence: { id: 'db#data#1' }, volume: { container_path: 'data', mode: 'RW' } };
  const onRoot = disk(64, { ...own, disk: volume });
  const onPath = disk(32, { ...own, disk: { ...volume, source } });
  const [reservation] = offerWith([cpus(1, own), onRoot, onPath]).reservations ?? [];
  if (reservation === undefined) throw new Error('no reservation');
  t.same(
    operationsOf(
      [
        { type: 'destroy', reservation },
        { type: 'unreserve', reservation },
      ],
      { role: 'dev' },
    ),
    [
      { type: 'DESTROY', destroy: { volumes: [onRoot, onPath] } },
      {
        type: 'UNRESERVE',
        unreserve: { resources: [cpus(1, own), disk(64, own), disk(32, { ...own, disk: { source } })] },
      },
    ],
  );
});

t.test('as a real Mesos has it', async (t) => {
  const lines = readRecording('08-reserve-create-persistent-volume-reoffer-launch-destroy-unreserve.jsonl');
  if (lines === undefined) {
    t.comment('the recordings are not here');
    return;
  }
  const offers = recordedEvents<SchedulerEvent>(lines).flatMap((event): readonly MesosOffer[] =>
    event.type === 'OFFERS' ? event.offers.offers : [],
  );
  const accepted = lines.flatMap(({ kind, body }): readonly OfferOperation[] => {
    const call = body as { readonly accept?: { readonly operations: readonly OfferOperation[] } } | null;
    return kind === 'request' ? (call?.accept?.operations ?? []) : [];
  });
  const recorded = (type: string): OfferOperation | undefined => accepted.find((operation) => operation.type === type);

  const withVolume = offers.find(({ resources }) => resources.some((r) => r.disk?.persistence !== undefined));
  if (withVolume === undefined) throw new Error('no offer has a volume');
  const offer = offerOf(withVolume, '*');
  const [reservation, second] = offer.reservations ?? [];
  if (reservation === undefined) throw new Error('no reservation');
  t.equal(second, undefined);
  t.match(reservation, { instanceId: 'resident.1', role: 'dev', persistenceIds: ['resident#data#1'] });

  const reserver = { role: 'dev', principal: 'marathon' };
  const { frameworkId, instanceId } = reservation;
  const asked = { frameworkId, instanceId, role: 'dev', cpus: 0.2, memMib: 64, diskMib: 0, gpus: 0 };
  const volume = { persistenceId: 'resident#data#1', containerPath: 'data', sizeMib: 64 };
  const made = operationsOf(
    [
      { type: 'reserve', reservation: { ...asked, volumes: [volume] } },
      { type: 'create', reservation: { ...asked, volumes: [volume] } },
      { type: 'destroy', reservation },
      { type: 'unreserve', reservation },
    ],
    reserver,
  );
  const sorted = (resources: readonly Resource[] = []): string[] => resources.map(({ name }) => name).sort();
  for (const operation of made) {
    const { reserve, create, destroy, unreserve } = recorded(operation.type) ?? {};
    const resources = (o: Partial<OfferOperation>): readonly Resource[] =>
      (o.reserve ?? o.unreserve)?.resources ?? (o.create ?? o.destroy)?.volumes ?? [];
    const ours = resources(operation);
    const theirs = resources({
      ...(reserve && { reserve }),
      ...(create && { create }),
      ...(destroy && { destroy }),
      ...(unreserve && { unreserve }),
    });
    t.same(sorted(ours), sorted(theirs), operation.type);
    for (const resource of ours)
      t.same(
        resource,
        theirs.find(({ name }) => name === resource.name),
        resource.name,
      );
  }
});
