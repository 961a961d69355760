import t from 'tap';
import { pickDisks, withoutDisks } from '../../../../src/scheduler/core/resident/disks.js';
import type { WantedVolume } from '../../../../src/scheduler/core/resident/volumes.js';
import type { OfferedDisk } from '../../../../src/scheduler/model/offer.js';
import { anOffer } from '../../../support/scheduler-fixtures.js';

const disk = (root: string, sizeMib: number, more: Partial<OfferedDisk> = {}): OfferedDisk => ({
  type: 'mount',
  root,
  sizeMib,
  resource: {},
  ...more,
});
const wanted = (sizeMib: number, more: Partial<WantedVolume> = {}): WantedVolume => ({
  containerPath: 'data',
  type: 'mount',
  sizeMib,
  constraints: [],
  ...more,
});

/** The mount points that the volumes get, or why they get none. */
function picked(
  volumes: readonly WantedVolume[],
  disks: readonly OfferedDisk[],
): readonly (string | undefined)[] | string {
  const result = pickDisks(volumes, disks);
  if ('refusal' in result) return `${result.refusal.needed}; ${result.refusal.had}`;
  return result.picked.map((one) => one.disk?.root);
}

t.test('a mount disk is taken as a whole: the smallest that is large enough, and not too large', async (t) => {
  const disks = [disk('/a', 1000), disk('/b', 200), disk('/c', 50)];
  t.same(picked([wanted(100)], disks), ['/b']);
  t.same(picked([wanted(100), wanted(100)], disks), ['/b', '/a']);
  t.equal(
    picked([wanted(60, { maxSizeMib: 100 })], disks),
    'a mount disk of 60 to 100 MiB; mount /a: 1000 MiB, mount /b: 200 MiB, mount /c: 50 MiB',
  );
});

t.test('volumes share a disk of type path as long as there is room', async (t) => {
  const disks = [disk('/p', 100, { type: 'path' })];
  const volume = wanted(60, { type: 'path' });
  t.same(picked([volume], disks), ['/p']);
  t.same(picked([volume, wanted(40, { type: 'path' })], disks), ['/p', '/p']);
  t.equal(picked([volume, volume], disks), 'a path disk of 60 MiB; path /p: 40 MiB');
  t.equal(picked([wanted(1)], disks), 'a mount disk of 1 MiB; path /p: 100 MiB', 'the type counts');
});

t.test('profiles, and constraints on the path', async (t) => {
  const disks = [disk('/mnt/hdd-1', 100), disk('/mnt/ssd-1', 200, { profileName: 'fast' })];
  t.same(picked([wanted(10, { profileName: 'fast' })], disks), ['/mnt/ssd-1']);
  const constraints = [{ field: 'path', operator: 'LIKE', value: '/mnt/ssd-.+' }] as const;
  t.same(picked([wanted(10, { constraints })], disks), ['/mnt/ssd-1']);
  t.equal(
    picked([wanted(10, { profileName: 'slow', constraints })], [disk('/mnt/ssd-2', 5)]),
    'a mount disk of 10 MiB of profile slow, path LIKE /mnt/ssd-.+; mount /mnt/ssd-2: 5 MiB',
  );
  t.equal(picked([wanted(10)], []), 'a mount disk of 10 MiB; no disk of its own');
});

t.test('volumes of the root disk need none', async (t) => {
  t.same(picked([wanted(10, { type: 'root' })], []), [undefined]);
});

t.test('what is used is not there any more', async (t) => {
  const [a, b] = [disk('/a', 100), disk('/b', 100)];
  const offer = { ...anOffer({}), disks: [a, b] };
  const volume = { persistenceId: 'x', containerPath: 'data', sizeMib: 100 };
  t.same(withoutDisks(offer, [{ ...volume, disk: a }]).disks, [b]);
  t.notOk(
    'disks' in
      withoutDisks(offer, [
        { ...volume, disk: a },
        { ...volume, disk: b },
      ]),
  );
});
