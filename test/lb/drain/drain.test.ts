import t from 'tap';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { CatalogPosition } from '../../../src/catalog/types.js';
import type { Leaving } from '../../../src/lb/compile/routing-model.js';
import { DrainWatch } from '../../../src/lb/drain/drain-watch.js';
import { connectedEndpoints, kernelAddress } from '../../../src/lb/drain/endpoint-connections.js';
import { waitFor } from '../../support/wait.js';

const leaving = (taskId: string, endpoint = '10.0.0.1:80'): Leaving => ({
  taskId,
  backend: 'b',
  server: 's',
  endpoint,
});

t.test('what the scheduler is told', async (t) => {
  const told: [number, readonly string[]][] = [];
  const free = new Set<string>();
  const watch = new DrainWatch({
    drained: async (asked) => asked.map(({ taskId }) => taskId).filter((taskId) => free.has(taskId)),
    acknowledge: ({ seq }: CatalogPosition, drained) => told.push([seq, drained]),
  });
  const at = (seq: number): CatalogPosition => ({ epoch: 'e', seq });
  const take = (): unknown => told.splice(0);

  t.equal(await watch.look(), false, 'nothing is in force yet');
  await watch.inForce(at(1), [], []);
  t.same(take(), [[1, []]], 'every update is acknowledged');
  await watch.inForce(at(2), ['a', 'unrouted'], [leaving('a'), leaving('a', '10.0.0.1:81')]);
  t.same(take(), [[2, ['unrouted']]], 'who is in no backend is used by nobody');
  t.same([watch.isWaiting, watch.waitingFor], [true, ['a']]);
  t.equal(await watch.look(), false);
  t.same(take(), []);
  free.add('a');
  t.equal(await watch.look(), true);
  t.same(take(), [[2, ['unrouted', 'a']]]);
  t.same([watch.isWaiting, await watch.look()], [false, false]);
  free.clear();
  await watch.inForce(at(3), ['a', 'b'], [leaving('a'), leaving('b')]);
  t.same(take(), [[3, ['a']]], 'who is drained once stays it, who is gone is forgotten');
  free.add('b');
  await watch.inForce(at(4), ['b'], [leaving('b')]);
  t.same(take(), [[4, ['b']]], 'at once, if nobody uses it');
  await watch.inForce(at(5), [], []);
  t.same(take(), [[5, []]]);
});

t.test('addresses as the kernel writes them', (t) => {
  t.same(kernelAddress('127.0.0.1'), ['0100007F', '0000000000000000FFFF00000100007F']);
  t.same(kernelAddress('::1'), ['00000000000000000000000001000000']);
  t.same(kernelAddress('2001:db8::ff00:42'), ['B80D01200000000000000000420000FF']);
  t.same(kernelAddress('host'), []);
  t.end();
});

for (const host of ['127.0.0.1', '::1']) {
  t.test(`the connections of a process to ${host}`, async (t) => {
    const server = createServer();
    server.listen(0, host);
    await once(server, 'listening');
    t.teardown(() => server.close());
    const { port } = server.address() as AddressInfo;
    const endpoint = { address: host, port };
    const other = { address: host, port: 1 };
    t.same(await connectedEndpoints(process.pid, [endpoint, other]), []);
    const socket = connect(port, host);
    await once(socket, 'connect');
    t.same(await connectedEndpoints(process.pid, [endpoint, other]), [endpoint]);
    t.same(await connectedEndpoints(process.ppid, [endpoint]), [], 'another process has none');
    socket.destroy();
    await waitFor('its end', async () => (await connectedEndpoints(process.pid, [endpoint])).length === 0);
    t.same(await connectedEndpoints(4_194_304, [endpoint]), [], 'a process that has ended');
  });
}
