import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import t from 'tap';
import { serveConnection } from '../../../src/dns/exact/exact-server.js';
import { Turns } from '../../../src/dns/servers/turns.js';
import { waitFor } from '../../support/wait.js';

t.test('a connection whose last replies nobody reads is closed', async (t) => {
  const query = Buffer.concat([Buffer.from([0, 12]), Buffer.alloc(12)]);
  const sockets: Socket[] = [];
  let answered = 0;
  let unread = 0;
  const server = createServer((socket) => {
    sockets.push(socket);
    serveConnection(
      socket,
      () => {
        answered++;
        // As much as the system takes, and something more
        unread = socket.writableLength;
        return Buffer.alloc(unread === 0 ? 60_000 : 12);
      },
      new Turns(),
      200,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => new Promise((resolve) => server.close(resolve)));
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  client.pause();
  client.on('error', () => {});
  t.teardown(() => client.destroy());
  client.write(Buffer.concat(Array.from({ length: 128 }, () => query)));
  await waitFor('the last query', () => answered === 128);
  t.ok(unread > 0, 'replies that the system has not taken');
  await waitFor('the end of the connection', () => sockets[0]?.destroyed);
});

t.test('a client that asks as much as it may does not hold up others', async (t) => {
  const query = (id: number): Buffer => Buffer.concat([Buffer.from([0, 12, 0, id]), Buffer.alloc(10)]);
  const turns = new Turns();
  const answered: number[] = [];
  let whenBegun = (): void => {};
  const server = createServer((socket) => {
    serveConnection(
      socket,
      (message) => {
        const id = message.readUInt16BE(0);
        answered.push(id);
        if (id === 0) whenBegun();
        return message;
      },
      turns,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => new Promise((resolve) => server.close(resolve)));
  const open = (): Socket => {
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
    client.on('error', () => {});
    client.resume();
    t.teardown(() => client.destroy());
    return client;
  };
  const modest = open();
  modest.write(query(200));
  await waitFor('the first answer', () => answered.length === 1);
  whenBegun = () => modest.write(query(201));
  open().write(Buffer.concat(Array.from({ length: 128 }, (_, id) => query(id))));
  await waitFor('all answers', () => answered.length === 130);
  t.ok(answered.indexOf(201) < 100, `${answered.indexOf(201)} answers before`);
});
