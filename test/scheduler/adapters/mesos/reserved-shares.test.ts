import t from 'tap';
import type { Resource } from '../../../../src/mesos/types.js';
import { reservedSharesOf } from '../../../../src/scheduler/adapters/mesos/reserved-shares.js';
import type { OfferedReservation } from '../../../../src/scheduler/model/offer.js';

const scalar = (name: string, value: number, more: Partial<Resource> = {}): Resource => ({
  name,
  type: 'SCALAR',
  scalar: { value },
  reservations: [{ type: 'DYNAMIC', role: 'dev' }],
  ...more,
});
const volume = scalar('disk', 64, {
  disk: { persistence: { id: 'v' }, volume: { container_path: 'data', mode: 'RW' } },
});
const reservation = (resources: readonly Resource[]): OfferedReservation => ({
  frameworkId: 'F',
  instanceId: 'pod.instance-1',
  role: 'dev',
  persistenceIds: ['v'],
  resources,
});

t.test('each gets its amounts, the first one the volumes', async (t) => {
  const offered = reservation([scalar('cpus', 0.3), scalar('mem', 48), volume, scalar('disk', 12)]);
  const shares = [
    { cpus: 0.1, memMib: 32, diskMib: 10, gpus: 0 },
    { cpus: 0.2, memMib: 16, diskMib: 2, gpus: 0 },
  ];
  t.same(reservedSharesOf(offered, shares), [
    [scalar('cpus', 0.1), scalar('mem', 32), scalar('disk', 10), volume],
    [scalar('cpus', 0.2), scalar('mem', 16), scalar('disk', 2)],
  ]);
});

t.test('amounts that were reserved in parts are taken from one after the other', async (t) => {
  const other = scalar('cpus', 0.2, {
    reservations: [
      { type: 'STATIC', role: 'dev' },
      { type: 'DYNAMIC', role: 'dev' },
    ],
  });
  const offered = reservation([scalar('cpus', 0.1), other]);
  const share = { cpus: 0.15, memMib: 0, diskMib: 0, gpus: 0 };
  t.same(reservedSharesOf(offered, [share, share]), [
    [scalar('cpus', 0.1), { ...other, scalar: { value: 0.05 } }],
    [{ ...other, scalar: { value: 0.15 } }],
  ]);
});
