import { connect } from 'node:net';
import type { Socket } from 'node:net';
import type { Test } from 'tap';

/** A connection on which a test says what it likes. */
export interface RawConnection {
  readonly socket: Socket;
  /** Everything that has come back. */
  readonly received: () => string;
  /** Resolves when the other side has closed the connection, with everything that came. */
  readonly ended: Promise<string>;
}

/** Connects to a port of 127.0.0.1 and writes `text`; the connection ends with the test. */
export function rawConnection(t: Test, port: number, text = ''): RawConnection {
  const socket = connect(port, '127.0.0.1');
  let received = '';
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => (received += chunk));
  socket.on('error', () => undefined);
  const ended = new Promise<string>((resolve) => socket.on('close', () => resolve(received)));
  t.teardown(() => socket.destroy());
  socket.write(text);
  return { socket, received: () => received, ended };
}
