import t from 'tap';
import { containerJsonOf } from '../../../src/scheduler/core/normalize/container-of.js';
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

t.test('a container is shown with all of its parts', async (t) => {
  t.same(containerJsonOf(container), container);
});
