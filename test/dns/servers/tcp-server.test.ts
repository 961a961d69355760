import * as dnsPacket from 'dns-packet';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import t from 'tap';
import type { Test } from 'tap';
import { silentLogger } from '../../../src/common/logger.js';
import { noCounts } from '../../../src/dns/metrics/answer-counts.js';
import type { AnswerCounts } from '../../../src/dns/metrics/answer-counts.js';
import type { Responder } from '../../../src/dns/servers/responder.js';
import { startTcp } from '../../../src/dns/servers/tcp-server.js';
import type { TcpLimits } from '../../../src/dns/servers/tcp-server.js';
import { freePort } from '../../support/ports.js';
import { waitFor } from '../../support/wait.js';

const patient: TcpLimits = {
  idleMs: 60_000,
  maxUnanswered: 8,
  maxUnreadBytes: 64 << 10,
  maxConnections: 100,
  maxConnectionsOfAddress: 100,
};

/** Answers with the query's own octets as a response. */
const echo: Responder = ({ bytes }, _client, respond) => {
  const reply = Buffer.from(bytes);
  reply[2] = 0x80;
  respond(reply);
};

interface Tested {
  readonly port: number;
  readonly counts: AnswerCounts;
}

async function startServer(
  t: Test,
  respond: Responder,
  limits: Partial<TcpLimits> = {},
  setTruncateBit = true,
): Promise<Tested> {
  const port = await freePort();
  const counts = noCounts();
  const parts = { respond, counts, setTruncateBit, logger: silentLogger };
  const stop = await startTcp('127.0.0.1', port, parts, { ...patient, ...limits });
  t.teardown(stop);
  return { port, counts };
}

function query(id: number, name = 'a.mesos'): Buffer {
  return dnsPacket.streamEncode({ type: 'query', id, questions: [{ type: 'A', name }] });
}

class Client {
  readonly socket: Socket;
  #received = Buffer.alloc(0);
  isClosed = false;
  hasEnded = false;

  constructor(t: Test, port: number, localAddress = '127.0.0.1') {
    this.socket = connect({ host: '127.0.0.1', port, localAddress, allowHalfOpen: true });
    this.socket.on('data', (bytes) => (this.#received = Buffer.concat([this.#received, bytes])));
    this.socket.on('end', () => (this.hasEnded = true));
    this.socket.on('close', () => (this.isClosed = true));
    this.socket.on('error', () => {});
    t.teardown(() => this.socket.destroy());
  }

  /** Ids of the replies so far. */
  get ids(): number[] {
    const ids: number[] = [];
    for (let at = 0; at + 2 <= this.#received.length;) {
      const end = at + 2 + this.#received.readUInt16BE(at);
      if (end > this.#received.length) break;
      ids.push(this.#received.readUInt16BE(at + 2));
      at = end;
    }
    return ids;
  }

  replies(count: number): Promise<unknown> {
    return waitFor(`${count} replies`, () => this.ids.length >= count, { everyMs: 5 });
  }

  closed(): Promise<unknown> {
    return waitFor('the end of the connection', () => this.isClosed || this.hasEnded, { everyMs: 5 });
  }
}

t.test('many queries on one connection, in pieces of any size', async (t) => {
  const { port, counts } = await startServer(t, echo);
  const all = Buffer.concat(Array.from({ length: 200 }, (_, id) => query(id, `n${id}.mesos`)));
  const ids = Array.from({ length: 200 }, (_, id) => id);
  const atOnce = new Client(t, port);
  atOnce.socket.write(all);
  await atOnce.replies(200);
  t.strictSame(atOnce.ids, ids);
  const bytewise = new Client(t, port);
  bytewise.socket.setNoDelay(true);
  for (let i = 0; i < 300; i++) {
    bytewise.socket.write(all.subarray(i, i + 1));
    await new Promise(setImmediate);
  }
  bytewise.socket.write(all.subarray(300));
  await bytewise.replies(200);
  t.strictSame(bytewise.ids, ids);
  t.match(counts, { queriesTcp: 400, noerror: 400, ignored: 0 });
});

t.test('an answer that takes its time does not hold up others', async (t) => {
  const later: (() => void)[] = [];
  const { port } = await startServer(t, (message, client, respond) => {
    if (message.header.id === 1) later.push(() => echo(message, client, respond));
    else echo(message, client, respond);
  });
  const client = new Client(t, port);
  client.socket.write(Buffer.concat([query(1), query(2), query(3)]));
  await client.replies(2);
  t.strictSame(client.ids, [2, 3]);
  for (const answer of [...later, ...later]) answer();
  client.socket.end();
  await client.closed();
  t.strictSame(client.ids, [2, 3, 1], 'answered once');
});

t.test('no more than so many queries wait at a time', async (t) => {
  const waiting: (() => void)[] = [];
  const { port, counts } = await startServer(
    t,
    (message, client, respond) => waiting.push(() => echo(message, client, respond)),
    { maxUnanswered: 3 },
  );
  const client = new Client(t, port);
  client.socket.write(Buffer.concat(Array.from({ length: 10 }, (_, id) => query(id))));
  await waitFor('queries', () => waiting.length === 3, { everyMs: 5 });
  const other = new Client(t, port);
  other.socket.write(query(99));
  await waitFor('another connection', () => waiting.length === 4, { everyMs: 5 });
  t.equal(counts.queriesTcp, 4, 'the rest is not looked at yet');
  for (let answered = 0; answered < 11;) {
    await waitFor('a query', () => waiting.length > answered, { everyMs: 5 });
    waiting[answered++]?.();
  }
  await client.replies(10);
  t.strictSame(client.ids, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

t.test('a client that asks as much as it can does not hold up others', async (t) => {
  const answered: number[] = [];
  let whenBegun = (): void => {};
  const { port } = await startServer(t, (message, client, respond) => {
    answered.push(message.header.id);
    if (message.header.id === 1) whenBegun();
    echo(message, client, respond);
  });
  const modest = new Client(t, port);
  modest.socket.write(query(50_000));
  await modest.replies(1);
  const greedy = new Client(t, port);
  const many = 20_000;
  whenBegun = () => modest.socket.write(query(50_001));
  greedy.socket.write(Buffer.concat(Array.from({ length: many }, (_, id) => query(id))));
  await modest.replies(2);
  const before = answered.indexOf(50_001);
  t.ok(before < 1_000, `${before} messages of the other one were answered first`);
  await greedy.replies(many);
  t.equal(answered.length, many + 2);
});

t.test('half open: a client that has said all still gets its answers', async (t) => {
  let answer = (): void => {};
  const { port } = await startServer(t, (message, client, respond) => {
    answer = () => echo(message, client, respond);
  });
  const client = new Client(t, port);
  client.socket.end(query(5));
  await waitFor('the query', () => client.socket.writableFinished, { everyMs: 5 });
  await new Promise((resolve) => setTimeout(resolve, 20));
  t.notOk(client.hasEnded);
  answer();
  await client.closed();
  t.strictSame(client.ids, [5]);
  const cut = new Client(t, port);
  cut.socket.end(query(6).subarray(0, 9));
  await cut.closed();
  t.strictSame(cut.ids, [], 'half a query is none');
});

t.test('what is no message ends the connection, after the answers', async (t) => {
  const { port, counts } = await startServer(t, echo);
  const response = dnsPacket.streamEncode({ type: 'response', id: 1, questions: [] });
  for (const garbage of [Buffer.from([0, 0]), Buffer.from([0, 5, 1, 2, 3, 4, 5]), response]) {
    const client = new Client(t, port);
    client.socket.write(Buffer.concat([query(7), garbage, query(8)]));
    await client.closed();
    t.strictSame(client.ids, [7], garbage.toString('hex'));
  }
  t.equal(counts.ignored, 3);
});

t.test('a connection on which nothing happens is closed', async (t) => {
  const { port } = await startServer(t, echo, { idleMs: 50 });
  const mute = new Client(t, port);
  const asked = new Client(t, port);
  asked.socket.write(query(1));
  await Promise.all([mute.closed(), asked.closed()]);
  t.strictSame(asked.ids, [1]);
});

t.test('an octet now and then is nothing', async (t) => {
  const { port } = await startServer(t, echo, { idleMs: 200 });
  const slow = new Client(t, port);
  const bytes = query(1, 'x'.repeat(60).concat('.').repeat(3).concat('mesos'));
  let sent = 0;
  const drip = setInterval(() => slow.socket.write(bytes.subarray(sent, ++sent)), 20);
  t.teardown(() => clearInterval(drip));
  await slow.closed();
  t.ok(sent > 1 && sent < bytes.length, `closed after ${sent} octets`);
});

t.test('whoever waits for an answer is not idle', async (t) => {
  let answer = (): void => {};
  const { port } = await startServer(t, (message, client, respond) => (answer = () => echo(message, client, respond)), {
    idleMs: 30,
  });
  const client = new Client(t, port);
  client.socket.write(query(1));
  await new Promise((resolve) => setTimeout(resolve, 150));
  t.notOk(client.isClosed || client.hasEnded);
  answer();
  await client.replies(1);
});

/** Answers with 60,000 octets, and counts. */
function startWide(t: Test, limits: Partial<TcpLimits>): Promise<Tested> {
  return startServer(
    t,
    ({ bytes }, _client, respond) => {
      const large = Buffer.alloc(60_000);
      bytes.copy(large, 0, 0, 2);
      large[2] = 0x80;
      respond(large);
    },
    limits,
  );
}

t.test('replies that nobody reads are not made', async (t) => {
  const { port, counts } = await startWide(t, { idleMs: 300 });
  const client = new Client(t, port);
  client.socket.pause();
  const queries = 2_000;
  client.socket.write(Buffer.concat(Array.from({ length: queries }, (_, id) => query(id))));
  await waitFor('some answers', () => counts.noerror > 0, { everyMs: 5 });
  await waitFor('the end of the connection', () => {
    client.socket.write(query(0));
    return client.isClosed;
  });
  t.ok(counts.noerror < queries, `${counts.noerror} of ${queries} are answered: what the kernel holds`);
});

t.test('whoever reads gets all', async (t) => {
  const { port } = await startWide(t, {});
  const client = new Client(t, port);
  client.socket.write(Buffer.concat(Array.from({ length: 150 }, (_, id) => query(id))));
  await client.replies(150);
  t.equal(client.ids.length, 150);
});

t.test('too many connections: the one that has asked nothing for longest makes room', async (t) => {
  const { port } = await startServer(t, echo, { maxConnections: 4, maxConnectionsOfAddress: 3 });
  const open = async (id: number, address?: string): Promise<Client> => {
    const client = new Client(t, port, address);
    client.socket.write(query(id));
    await client.replies(1);
    return client;
  };
  const [a, b, c] = [await open(1), await open(2), await open(3)];
  a.socket.write(query(11));
  await a.replies(2);
  const d = await open(4);
  await b.closed();
  t.notOk(a.isClosed || c.isClosed || d.isClosed, 'of the same address');
  const e = await open(5, '127.0.0.2');
  const f = await open(6, '127.0.0.3');
  await c.closed();
  t.notOk(a.isClosed || d.isClosed || e.isClosed || f.isClosed, 'of all');
});

t.test('replies of several messages wait for the client', async (t) => {
  const message = Buffer.alloc(60_000);
  message[2] = 0x80;
  let sent = 0;
  let result: boolean | undefined;
  const { port } = await startServer(t, ({ bytes }, { stream }, respond) => {
    const sendAll = async (): Promise<void> => {
      for (let i = 0; i < 1_000; i++) {
        bytes.copy(message, 0, 0, 2);
        result = await stream?.send(message);
        if (result !== true) return;
        sent++;
      }
      respond(message);
    };
    void sendAll();
  });
  const client = new Client(t, port);
  client.socket.pause();
  client.socket.write(query(3));
  await waitFor('some messages', () => sent > 0, { everyMs: 5 });
  let before = -1;
  while (sent > before) {
    before = sent;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  t.ok(sent < 1_000, `${sent} messages are on their way`);
  client.socket.destroy();
  await waitFor('the sender to know', () => result === false, { everyMs: 5 });
});

t.test('TC where it is not wanted', async (t) => {
  const truncated: Responder = ({ bytes }, _client, respond) => {
    const reply = Buffer.from(bytes);
    reply[2] = 0x82;
    respond(reply);
  };
  for (const wanted of [true, false]) {
    const { port } = await startServer(t, truncated, {}, wanted);
    const client = new Client(t, port);
    const flags = new Promise<number | undefined>((resolve) =>
      client.socket.once('data', (bytes) => resolve(bytes[4])),
    );
    client.socket.write(query(1));
    t.equal(await flags, wanted ? 0x82 : 0x80);
  }
});
