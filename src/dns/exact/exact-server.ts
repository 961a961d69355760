import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import type { Logger } from '../../common/logger.js';
import { listenError } from '../../http/listen-error.js';
import type { DnsServer } from '../servers/dns-server.js';
import { Turns } from '../servers/turns.js';
import { openUdpSocket } from '../servers/udp-socket.js';
import type { ExactResponder } from './responder.js';

/** Of a connection over TCP, as in Mesos-DNS: until the first query is there, until the next one, and how many there may be. */
const firstQueryMs = 2_000;
const nextQueryMs = 8_000;
const maxQueriesPerConnection = 128;
const maxConnections = 512;
/** What a client has sent and is not answered yet; then it is not read from until it is. */
const maxUnansweredBytes = 128 << 10;
/** A client that asks and asks but does not read is disconnected. */
const maxUnreadReplyBytes = 512 << 10;
/** Replies over UDP that the system does not take at once; above this they are lost, as on any full link. */
const maxWaitingUdpBytes = 1 << 20;

/** So much work is done for a connection before others have their turn; to read or send so many octets is as much as to answer a query. */
const maxWorkAtOnce = 8;
const bytesPerWork = 1024;

/** Answers the queries of one connection, one after the other, in their order. `waitMs`: until the next query, and for the last replies to be read. */
export function serveConnection(socket: Socket, respond: ExactResponder, turns: Turns, waitMs = nextQueryMs): void {
  let received = Buffer.alloc(0);
  let answered = 0;
  let busy = false;
  /** Work that was done since the last turn. */
  let work = 0;
  let deadline = setTimeout(() => socket.destroy(), firstQueryMs);
  socket.on('error', () => socket.destroy());
  socket.on('close', () => clearTimeout(deadline));

  function takeQuery(): Buffer | undefined {
    const end = received.length < 2 ? Infinity : 2 + received.readUInt16BE(0);
    if (received.length < end) return undefined;
    const query = received.subarray(2, end);
    received = received.subarray(end);
    return query;
  }

  function nextTurn(): Promise<void> {
    return new Promise((resolve) =>
      turns.wait(() => {
        turns.spend(work);
        work = 0;
        resolve();
      }),
    );
  }

  async function answerAll(): Promise<void> {
    if (busy) return;
    busy = true;
    for (let query = takeQuery(); query !== undefined && !socket.destroyed; query = takeQuery()) {
      clearTimeout(deadline);
      const reply = await respond(query, 'tcp');
      if (reply !== undefined) {
        const length = Buffer.alloc(2);
        length.writeUInt16BE(reply.length);
        socket.write(Buffer.concat([length, reply]));
      }
      if (socket.writableLength > maxUnreadReplyBytes) socket.destroy();
      if (socket.destroyed) return;
      // For whoever does not read the last replies, too
      deadline = setTimeout(() => socket.destroy(), waitMs);
      if (++answered === maxQueriesPerConnection) {
        socket.end(() => socket.destroy());
        return;
      }
      work += 1 + Math.floor((query.length + (reply?.length ?? 0)) / bytesPerWork);
      if (work >= maxWorkAtOnce) await nextTurn();
    }
    busy = false;
    socket.resume();
  }

  socket.on('data', (chunk) => {
    received = Buffer.concat([received, chunk]);
    if (received.length > maxUnansweredBytes) socket.pause();
    void answerAll();
  });
}

async function startTcp(
  host: string,
  port: number,
  respond: ExactResponder,
  logger: Logger,
): Promise<() => Promise<void>> {
  const sockets = new Set<Socket>();
  const turns = new Turns();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    serveConnection(socket, respond, turns);
  });
  server.maxConnections = maxConnections;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
  server.on('error', (error) => logger.warn({ err: error }, 'TCP server error'));
  return () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
}

async function startUdp(
  host: string,
  port: number,
  respond: ExactResponder,
  logger: Logger,
): Promise<() => Promise<void>> {
  const socket = await openUdpSocket(host, port, logger);
  let open = true;
  let isWaiting = false;

  function send(reply: Buffer, port: number, address: string): void {
    if (isWaiting && socket.getSendQueueSize() > maxWaitingUdpBytes) return;
    // Without a callback the system is asked to send at once, and errors of one reply concern nobody else
    socket.send(reply, 0, reply.length, port, address);
    isWaiting = socket.getSendQueueCount() > 0;
  }

  socket.on('message', (message, { port, address }) => {
    if (port === 0) return; // nobody can be there, and sending there throws: the sender is forged
    const reply = respond(message, 'udp');
    if (reply === undefined) return;
    if (!(reply instanceof Promise)) return send(reply, port, address);
    void reply.then((later) => {
      if (later !== undefined && open) send(later, port, address);
    });
  });
  return () => {
    open = false;
    return new Promise((resolve) => socket.close(resolve));
  };
}

/** Listens on TCP and UDP, in Mesos-DNS' manner. Throws StartupError, naming the key `port` of the configuration, when the port cannot be had. */
export async function startExactServer(options: {
  readonly host: string;
  readonly port: number;
  readonly respond: ExactResponder;
  readonly logger: Logger;
}): Promise<DnsServer> {
  const { host, port, respond, logger } = options;
  const running: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(running.splice(0).map((stop) => stop()));
  };
  try {
    running.push(await startTcp(host, port, respond, logger));
    running.push(await startUdp(host, port, respond, logger));
  } catch (error) {
    await close();
    throw listenError(error, { host, port, flag: 'port (of the configuration file)' });
  }
  return { close };
}
