import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { lookup } from 'node:dns/promises';

/** Sends datagrams to one address. */
export class UdpSender {
  readonly #host: string;
  readonly #port: number;
  readonly #sockets = new Map<number, Socket>();
  #closed = false;

  constructor(host: string, port: number) {
    this.#host = host;
    this.#port = port;
  }

  /** Resolves when the system has taken all of them; whether they arrive, nobody learns. Rejects when the host is not known or not reachable. */
  async send(datagrams: readonly string[]): Promise<void> {
    // Once per report, not once per datagram
    const { address, family } = await lookup(this.#host);
    if (this.#closed) return;
    const socket = this.#socketOf(family);
    for (const datagram of datagrams) {
      await new Promise<void>((resolve, reject) => {
        socket.send(datagram, this.#port, address, (error) => (error === null ? resolve() : reject(error)));
      });
    }
  }

  #socketOf(family: number): Socket {
    const known = this.#sockets.get(family);
    if (known !== undefined) return known;
    const socket = createSocket(family === 6 ? 'udp6' : 'udp4').unref();
    // Errors of sending are told to its callback; others concern datagrams that nobody waits for
    socket.on('error', () => undefined);
    this.#sockets.set(family, socket);
    return socket;
  }

  close(): Promise<void> {
    this.#closed = true;
    const sockets = [...this.#sockets.values()];
    this.#sockets.clear();
    return Promise.all(sockets.map((socket) => new Promise<void>((resolve) => socket.close(resolve)))).then(
      () => undefined,
    );
  }
}
