import type { AddressInfo, Server, Socket } from 'node:net';
import type { Test } from 'tap';

/** Lets a server (net, http, https) listen on a free port of 127.0.0.1 until the test ends; its connections are cut then. */
export async function listenOnFreePort(t: Test, server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  t.teardown(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}
