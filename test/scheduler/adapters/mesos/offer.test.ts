import t from 'tap';
import type { Offer as MesosOffer, Resource, SchedulerEvent } from '../../../../src/mesos/types.js';
import { offerOf } from '../../../../src/scheduler/adapters/mesos/offer.js';
import { readRecording, recordedEvents } from '../../../support/recordings.js';

function mesosOffer(parts: Partial<MesosOffer>): MesosOffer {
  return {
    id: { value: 'O1' },
    framework_id: { value: 'F1' },
    agent_id: { value: 'S1' },
    hostname: 'agent1',
    resources: [],
    ...parts,
  };
}
const cpus = (value: number, more: Partial<Resource> = {}): Resource => ({
  name: 'cpus',
  type: 'SCALAR',
  scalar: { value },
  ...more,
});

t.test('resources are summed by the role that they can be taken from', async (t) => {
  const offer = offerOf(
    mesosOffer({
      allocation_info: { role: 'dev' },
      resources: [
        cpus(0.1),
        cpus(0.2),
        cpus(1, { reservations: [{ type: 'STATIC', role: 'dev' }] }),
        { name: 'mem', type: 'SCALAR', scalar: { value: 512 } },
        { name: 'disk', type: 'SCALAR', scalar: { value: 100 } },
        { name: 'gpus', type: 'SCALAR', scalar: { value: 2 } },
        { name: 'ports', type: 'RANGES', ranges: { range: [{ begin: 31000, end: 31005 }] } },
        { name: 'ports', type: 'RANGES', ranges: { range: [{ begin: 31010, end: 31010 }] } },
        { name: 'network_bandwidth', type: 'SCALAR', scalar: { value: 7 } },
      ],
    }),
    'dev',
  );
  t.same(offer.resources, [
    {
      role: '*',
      cpus: 0.3,
      memMib: 512,
      diskMib: 100,
      gpus: 2,
      ports: [
        { begin: 31000, end: 31005 },
        { begin: 31010, end: 31010 },
      ],
    },
    { role: 'dev', cpus: 1, memMib: 0, diskMib: 0, gpus: 0, ports: [] },
  ]);
  t.same(
    { ...offer, resources: [] },
    {
      id: 'O1',
      agentId: 'S1',
      hostname: 'agent1',
      allocationRole: 'dev',
      resources: [],
      attributes: {},
    },
  );
});

t.test('what plain tasks must not use is left out', async (t) => {
  const unusable: Partial<Resource>[] = [
    { reservations: [{ type: 'DYNAMIC', role: 'dev', principal: 'p' }] },
    {
      reservations: [
        { type: 'STATIC', role: 'dev' },
        { type: 'DYNAMIC', role: 'dev/db' },
      ],
    },
    { disk: { persistence: { id: 'v1', principal: 'p' }, volume: { container_path: 'data' } } },
    { disk: { source: { type: 'MOUNT' } } },
    { revocable: {} },
    { shared: {} },
    { provider_id: { value: 'p' } },
  ];
  const offer = offerOf(mesosOffer({ resources: unusable.map((more) => cpus(1, more)) }), '*');
  t.same(offer.resources, []);
});

t.test('attributes keep their types; hostile names do no harm', async (t) => {
  const { attributes } = offerOf(
    mesosOffer({
      attributes: [
        { name: 'rack', type: 'TEXT', text: { value: 'Köln' } },
        { name: 'level', type: 'SCALAR', scalar: { value: 2.5 } },
        { name: 'ids', type: 'RANGES', ranges: { range: [{ begin: 1, end: 5 }] } },
        { name: 'set', type: 'SET', set: { item: ['a'] } },
        { name: '__proto__', type: 'TEXT', text: { value: 'x' } },
      ],
    }),
    '*',
  );
  t.same(Object.entries(attributes), [
    ['rack', { type: 'TEXT', value: 'Köln' }],
    ['level', { type: 'SCALAR', value: 2.5 }],
    ['ids', { type: 'RANGES', value: [{ begin: 1, end: 5 }] }],
    ['__proto__', { type: 'TEXT', value: 'x' }],
  ]);
});

t.test('planned maintenance is told in milliseconds', async (t) => {
  const start = { nanoseconds: 1_767_225_600_000_000_000 };
  t.same(
    offerOf(mesosOffer({ unavailability: { start, duration: { nanoseconds: 3_600_000_000_000 } } }), '*')
      .unavailability,
    {
      startMs: Date.UTC(2026, 0, 1),
      durationMs: 3_600_000,
    },
  );
  t.same(offerOf(mesosOffer({ unavailability: { start } }), '*').unavailability, { startMs: Date.UTC(2026, 0, 1) });
  t.notOk('unavailability' in offerOf(mesosOffer({}), '*'));
});

t.test('offers of a real master, as it makes them to frameworks of different capabilities', async (t) => {
  const lines = readRecording(
    '15b-offers-by-framework-capabilities-legacy-role-multi-role-reservation-refinement.jsonl',
  );
  if (lines === undefined) return void t.pass('needs the recordings', { skip: 'the recordings are not here' });
  const unreserved = {
    role: '*',
    cpus: 4,
    memMib: 8192,
    diskMib: 20000,
    gpus: 0,
    ports: [
      { begin: 32000, end: 32099 },
      { begin: 32200, end: 32299 },
    ],
  };
  const reserved = { role: 'dev', cpus: 1, memMib: 512, diskMib: 0, gpus: 0, ports: [] };
  for (const framework of ['multi-role+refinement', 'multi-role-no-refinement', 'legacy-single-role']) {
    const offers = recordedEvents<SchedulerEvent>(lines, framework).flatMap((e) =>
      e.type === 'OFFERS' ? e.offers.offers : [],
    );
    const first = offers.find((o) => o.attributes?.some((a) => a.text?.value === 'r2'));
    if (first === undefined) return t.fail(`no offer to ${framework}`);
    const offer = offerOf(first, 'dev');
    t.same(offer.resources, [unreserved, reserved], framework);
    t.equal(offer.allocationRole, 'dev');
    t.match(offer, { hostname: '127.0.0.1', region: 'region-2', zone: 'zone-c' });
    t.same(offer.attributes['ids'], {
      type: 'RANGES',
      value: [
        { begin: 1, end: 5 },
        { begin: 9, end: 9 },
      ],
    });
    t.same(offer.attributes['speed'], { type: 'SCALAR', value: 2.5 });
  }
});

t.test('dynamically reserved resources and volumes of a real master are left out', async (t) => {
  const lines = readRecording('08-reserve-create-persistent-volume-reoffer-launch-destroy-unreserve.jsonl');
  if (lines === undefined) return void t.pass('needs the recordings', { skip: 'the recordings are not here' });
  const offers = recordedEvents<SchedulerEvent>(lines).flatMap((e) => (e.type === 'OFFERS' ? e.offers.offers : []));
  const withVolume = offers.filter((o) => o.resources.some((r) => r.disk !== undefined));
  t.ok(withVolume.length > 0, 'the recording holds offers with a volume');
  for (const offer of withVolume) {
    const plain = offer.resources.filter((r) => r.reservations === undefined);
    const disk = plain.filter((r) => r.name === 'disk').reduce((sum, r) => sum + (r.scalar?.value ?? 0), 0);
    t.same(
      offerOf(offer, '*').resources.map(({ role, diskMib }) => [role, diskMib]),
      plain.length === 0 ? [] : [['*', disk]],
    );
  }
});
