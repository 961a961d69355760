import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import type { Test } from 'tap';
import { listenOnFreePort } from './listen.js';

/** Stands between a client and a server on 127.0.0.1 and fails as networks do. */
export interface TcpProxy {
  readonly port: number;
  /** From now on nothing gets through, in either direction or from the server to its clients, and nobody is told. */
  blackhole(what?: 'everything' | 'answers'): void;
  /** Lets everything through again; connections from before stay dead and are closed. */
  heal(): void;
  /** Passes on `bytes` of the next answer that has more, then cuts the connection. */
  cutNextAnswerAfter(bytes: number): void;
  /** Breaks all connections. */
  cut(): void;
  /** How many connections were accepted. */
  readonly connections: number;
}

/** Ends with the test. */
export async function startTcpProxy(t: Test, target: number): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let silent = false;
  let mute = false;
  let cutAfter: number | undefined;
  let connections = 0;
  const server = createServer((client) => {
    connections++;
    const upstream = connect(target, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
    }
    client.on('data', (data) => silent || upstream.write(data));
    upstream.on('data', (data) => {
      if (silent || mute) return;
      if (cutAfter !== undefined && data.length > cutAfter) {
        const head = data.subarray(0, cutAfter);
        cutAfter = undefined;
        client.write(head, () => {
          client.destroy();
          upstream.destroy();
        });
      } else {
        client.write(data);
      }
    });
    client.on('close', () => {
      sockets.delete(client);
      // A partition does not tell the server that the client is gone, either.
      if (!silent) upstream.destroy();
    });
    upstream.on('close', () => {
      sockets.delete(upstream);
      if (!silent && !mute) client.destroy();
    });
  });
  const port = await listenOnFreePort(t, server);
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  t.teardown(cut);
  return {
    port,
    blackhole(what = 'everything') {
      if (what === 'everything') silent = true;
      else mute = true;
    },
    heal() {
      silent = false;
      mute = false;
      cut();
    },
    cutNextAnswerAfter: (bytes) => void (cutAfter = bytes),
    cut,
    get connections() {
      return connections;
    },
  };
}
