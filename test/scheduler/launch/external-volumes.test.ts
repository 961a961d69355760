import t from 'tap';
import { ask, startFakeScheduler } from '../../support/fake-service.js';
import { launched } from './launched-task.js';

const features = { features: ['external_volumes'] };
const volume = (external: object, more: object = {}): object => ({
  containerPath: 'data',
  mode: 'RW',
  external,
  ...more,
});

t.test('a volume of a Docker volume driver', async (t) => {
  const external = {
    name: 'db',
    provider: 'dvdi',
    size: 10,
    options: { 'dvdi/driver': 'rexray', 'dvdi/newfstype': ' ext4 ', other: 'x' },
  };
  const { info } = await launched(t, { cmd: 'x', container: { type: 'MESOS', volumes: [volume(external)] } }, features);
  t.same(info.container, {
    type: 'MESOS',
    mesos: {},
    volumes: [
      {
        container_path: 'data',
        mode: 'RW',
        source: {
          type: 'DOCKER_VOLUME',
          docker_volume: {
            driver: 'rexray',
            name: 'db',
            driver_options: {
              parameter: [
                { key: 'newfstype', value: 'ext4' },
                { key: 'size', value: '10' },
              ],
            },
          },
        },
      },
    ],
  });
});

t.test('in a Docker container, without options', async (t) => {
  const external = { name: 'db', provider: 'dvdi', options: { 'dvdi/driver': 'rexray' } };
  const container = {
    type: 'DOCKER',
    docker: { image: 'postgres' },
    volumes: [volume(external, { containerPath: '/data', mode: 'RO' })],
  };
  const { info } = await launched(t, { container }, features);
  t.match(info.container, {
    type: 'DOCKER',
    volumes: [
      {
        container_path: '/data',
        mode: 'RO',
        source: { type: 'DOCKER_VOLUME', docker_volume: { driver: 'rexray', name: 'db' } },
      },
    ],
  });
  t.notMatch(JSON.stringify(info.container), 'driver_options');
});

t.test('a volume of a CSI plugin', async (t) => {
  const capability = { accessMode: 'SINGLE_NODE_WRITER', accessType: 'mount', fsType: 'xfs', mountFlags: ['ro'] };
  const external = {
    name: 'vol-1',
    provider: 'csi',
    options: {
      pluginName: 'nfs.csi',
      capability,
      nodeStageSecret: { username: 'user-secret' },
      volumeContext: { server: 's' },
    },
  };
  const { info } = await launched(t, { cmd: 'x', container: { type: 'MESOS', volumes: [volume(external)] } }, features);
  t.match(info.container, {
    volumes: [
      {
        container_path: 'data',
        source: {
          type: 'CSI_VOLUME',
          csi_volume: {
            plugin_name: 'nfs.csi',
            static_provisioning: {
              volume_id: 'vol-1',
              volume_capability: {
                mount: { fs_type: 'xfs', mount_flags: ['ro'] },
                access_mode: { mode: 'SINGLE_NODE_WRITER' },
              },
              readonly: false,
              node_stage_secrets: { username: { type: 'REFERENCE', reference: { name: 'user-secret' } } },
              volume_context: { server: 's' },
            },
          },
        },
      },
    ],
  });
  const raw = { ...external, options: { pluginName: 'x', capability: { accessMode: 'UNKNOWN', accessType: 'block' } } };
  const block = await launched(t, { cmd: 'x', container: { type: 'MESOS', volumes: [volume(raw)] } }, features);
  t.match(block.info.container, {
    volumes: [{ source: { csi_volume: { static_provisioning: { volume_capability: { block: {} } } } } }],
  });
});

t.test('a volume of a volume driver belongs to one app, unless it is shared', async (t) => {
  const { api } = await startFakeScheduler(t, features);
  const app = (id: string, more: object = {}): object => {
    const external = { name: 'db', provider: 'dvdi', options: { 'dvdi/driver': 'rexray' }, ...more };
    return { id, cmd: 'x', container: { type: 'MESOS', volumes: [volume(external)] } };
  };
  t.equal((await ask(api, 'POST', '/v2/apps', app('/a'))).status, 201);
  t.equal((await ask(api, 'PUT', '/v2/apps/a?force=true', { cmd: 'y' })).status, 200, 'its own is no other');
  const second = await ask(api, 'POST', '/v2/apps', app('/b'));
  t.equal(second.status, 422);
  t.match(second.text, "Volume name 'db' in /b conflicts with volume(s) of same name in app(s): /a");
  const both = await ask(api, 'PUT', '/v2/groups', {
    id: '/',
    groups: [{ id: 'g', apps: [app('x', { name: 'z' }), app('y', { name: 'z' })] }],
  });
  t.match(both.text, "Volume name 'z' in /g/x conflicts with volume(s) of same name in app(s): /g/y");
  t.equal((await ask(api, 'POST', '/v2/apps', app('/c', { shared: true }))).status, 201);
});
