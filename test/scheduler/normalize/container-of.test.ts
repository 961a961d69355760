import t from 'tap';
import { containerJsonOf, unplaceablePartsOf } from '../../../src/scheduler/core/normalize/container-of.js';
import type { Container } from '../../../src/scheduler/model/container.js';

const container: Container = {
  type: 'MESOS',
  docker: { image: 'x', privileged: false, parameters: [], forcePullImage: false, pullConfig: { secret: 'login' } },
  volumes: [
    { containerPath: '/host', hostPath: '/srv', mode: 'RW' },
    { containerPath: 'data', mode: 'RW', persistent: { size: 1 } },
    { containerPath: '/ext', mode: 'RW', external: { name: 'v', provider: 'dvdi' } },
    { containerPath: '/key', secret: 'key' },
  ],
};

t.test('parts of a container that nothing here can honour are named', async (t) => {
  t.same(unplaceablePartsOf(container), {
    'container.volumes.persistent': ['data'],
    'container.volumes.external': ['/ext'],
    'container.volumes.secret': ['/key'],
    'container.docker.pullConfig': { secret: 'login' },
  });
  t.same(unplaceablePartsOf({ type: 'MESOS', volumes: container.volumes.slice(0, 1) }), {});
  t.same(unplaceablePartsOf(undefined), {});
});

t.test('it is shown whole all the same', async (t) => {
  t.same(containerJsonOf(container), container);
});
