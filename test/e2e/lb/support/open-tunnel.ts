import { connect } from 'node:net';
import type { Test } from 'tap';

/** A WebSocket-like connection: upgraded, then bytes both ways. */
export interface Tunnel {
  /** Sends a line; resolves when it has come back. Rejects when the connection is over. */
  echo(line: string): Promise<void>;
  readonly isOpen: boolean;
}

/** Opens one to an app behind HAProxy that sends back what it gets; it ends with the test. */
export function openTunnel(t: Test, port: number, host: string): Promise<Tunnel> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port });
    t.teardown(() => socket.destroy());
    let text = '';
    let isOpen = false;
    let waiting: { line: string; resolve: () => void; reject: (error: Error) => void } | undefined;
    socket.setEncoding('latin1');
    // HAProxy answers 400 to a handshake without a key (RFC 6455 §4.1)
    const key = Buffer.from('0123456789abcdef').toString('base64');
    const handshake = ['GET / HTTP/1.1', `Host: ${host}`, 'Connection: Upgrade', 'Upgrade: websocket'];
    socket.write(`${[...handshake, `Sec-WebSocket-Key: ${key}`, 'Sec-WebSocket-Version: 13'].join('\r\n')}\r\n\r\n`);
    socket.on('data', (chunk: string) => {
      text += chunk;
      if (!isOpen) {
        const end = text.indexOf('\r\n\r\n');
        if (end < 0) return;
        if (!text.startsWith('HTTP/1.1 101 ')) return void reject(new Error(text.split('\r\n')[0]));
        text = text.slice(end + 4);
        isOpen = true;
        resolve(tunnel);
      }
      if (waiting !== undefined && text.includes(waiting.line)) {
        text = '';
        waiting.resolve();
        waiting = undefined;
      }
    });
    const over = (error = new Error('the connection was closed')): void => {
      isOpen = false;
      reject(error);
      waiting?.reject(error);
    };
    socket.on('error', over);
    socket.on('close', () => over());
    const tunnel: Tunnel = {
      get isOpen() {
        return isOpen;
      },
      echo: (line) =>
        new Promise((resolve, reject) => {
          if (!isOpen) return reject(new Error('the connection is over'));
          waiting = { line, resolve, reject };
          socket.write(`${line}\n`);
        }),
    };
  });
}
