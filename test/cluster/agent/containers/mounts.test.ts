import t from 'tap';
import type { VolumeInfo } from '../../../../src/cluster/agent/containers/container-info.js';
import type { VolumeFacts } from '../../../../src/cluster/agent/containers/mounts.js';
import { containerMounts, processLinks } from '../../../../src/cluster/agent/containers/mounts.js';
import { Secrets } from '../../../../src/cluster/agent/containers/secrets.js';

const facts: VolumeFacts = {
  sandbox: '/sandbox',
  persistent: new Map([['data', '/volumes/d1']]),
  secrets: new Secrets(undefined),
  group: undefined,
};
const group = { sandbox: '/pod', persistent: new Map([['kept', '/volumes/k1']]) };
const inSandbox = (type: string, path: string): VolumeInfo => ({
  container_path: '/in',
  mode: 'RW',
  source: { type: 'SANDBOX_PATH', sandbox_path: { type, path } },
});

t.test('volumes of containers', async (t) => {
  const of = (volume: VolumeInfo, more: Partial<VolumeFacts> = {}): string => {
    const last = containerMounts([volume], { ...facts, ...more }, '/run').mounts.at(-1);
    return `${last?.source} ${last?.target} ${last?.readOnly ? 'ro' : 'rw'} ${last?.isMade ? 'made' : ''}`.trim();
  };
  t.strictSame(
    containerMounts([], facts, '/run').mounts.map(({ source, target }) => [source, target]),
    [
      ['/sandbox', '/mnt/mesos/sandbox'],
      ['/volumes/d1', '/mnt/mesos/sandbox/data'],
    ],
  );
  t.equal(of({ container_path: '/in', host_path: '/host', mode: 'RO' }), '/host /in ro made');
  t.equal(of({ container_path: 'rel', host_path: '/host' }), '/host /mnt/mesos/sandbox/rel rw made');
  t.equal(of({ container_path: '/in', host_path: 'dir' }), '/sandbox/dir /in rw made');
  t.equal(
    of({ container_path: '/in', host_path: './data/' }),
    '/volumes/d1 /in rw made',
    'a persistent volume by its name',
  );
  t.equal(of({ container_path: '/in', host_path: 'data/sub' }), '/volumes/d1/sub /in rw made');
  t.equal(of(inSandbox('SELF', 'own')), '/sandbox/own /in rw made');
  t.equal(of(inSandbox('PARENT', 'common'), { group }), '/pod/common /in rw made');
  t.equal(of(inSandbox('PARENT', 'kept'), { group }), '/volumes/k1 /in rw made');
  t.equal(
    of({ container_path: '/in', source: { type: 'DOCKER_VOLUME', docker_volume: { driver: 'd', name: 'vol' } } }),
    'vol /in rw',
  );
  const secret = { type: 'SECRET', secret: { value: { data: Buffer.from('shh').toString('base64') } } };
  t.match(containerMounts([{ container_path: '/key', source: secret }], facts, '/run'), {
    mounts: [{}, {}, { source: '/run/secret-0', target: '/key', readOnly: true }],
    secrets: [{ path: '/run/secret-0', content: Buffer.from('shh') }],
  });
});

t.test('volumes that lead out of the sandbox, or to nothing, are refused', async (t) => {
  const bad: [VolumeInfo, RegExp][] = [
    [{ container_path: '/in', host_path: '../up' }, /does not lead into the sandbox/],
    [{ container_path: 'a/../../b', host_path: '/x' }, /does not lead into the sandbox/],
    [{ container_path: '/in' }, /neither a host path nor another source/],
    [inSandbox('PARENT', 'x'), /but the task is in none/],
    [inSandbox('SELF', '../x'), /does not lead into the sandbox/],
    [
      { container_path: '/in', source: { type: 'DOCKER_VOLUME', docker_volume: { name: '/etc' } } },
      /not a name of a Docker volume/,
    ],
    [
      { container_path: '/in', source: { type: 'SECRET', secret: { reference: { name: 'db' } } } },
      /the secret 'db' is only referred to/,
    ],
    [{ container_path: '/in', source: { type: 'ODD' } }, /volumes of the source ODD/],
  ];
  for (const [volume, message] of bad) t.throws(() => containerMounts([volume], facts, '/run'), { message });
});

t.test('volumes of processes are links', async (t) => {
  const links = (volume: VolumeInfo, more: Partial<VolumeFacts> = {}) =>
    processLinks([volume], { ...facts, persistent: new Map(), ...more }, '/secrets').links;
  t.strictSame(processLinks([], facts, '/secrets').links, [{ path: 'data', target: '/volumes/d1', isMade: false }]);
  t.strictSame(links({ container_path: 'here', host_path: '/host' }), [
    { path: 'here', target: '/host', isMade: true },
  ]);
  t.strictSame(links({ ...inSandbox('PARENT', 'common'), container_path: 'here' }, { group }), [
    { path: 'here', target: '/pod/common', isMade: true },
  ]);
  t.strictSame(links({ ...inSandbox('SELF', 'own'), container_path: 'own' }), []);
  t.strictSame(links({ container_path: '/srv/', host_path: '/srv' }), [], 'it is there already');
  t.throws(() => links({ container_path: '/srv', host_path: '/other' }), {
    message: /needs a container with an image/,
  });
  t.throws(() => links({ container_path: 'here', host_path: '/host', mode: 'RO' }), { message: /is to be read-only/ });
});
