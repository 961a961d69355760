import { createSocket } from 'node:dgram';
import { connect, isIPv6 } from 'node:net';
import { answersTo } from './wire.js';

/** Sends queries about names outside the zone to other resolvers. */
export interface Forwarder {
  /** There is somebody to forward to. */
  readonly enabled: boolean;
  /** There is somebody to forward queries about this name to: in lower case, without a dot at the end. */
  forwards(name: string): boolean;
  /**
   * The reply of the first resolver, in the configured order, that gives one, whatever its rcode. Undefined when none did, or
   * when too many queries are under way. Never rejects.
   */
  forward(query: Buffer, transport: 'udp' | 'tcp', judge?: Judge): Promise<Buffer | undefined>;
  /** Gives up all queries under way. */
  close(): void;
}

export interface ResolverAddress {
  readonly host: string;
  readonly port: number;
}

/**
 * What a message of a resolver is: the answer, the end of the exchange without one, or, over UDP, something to pass over, as others may
 * have sent it.
 */
export type Judge = (reply: Buffer, query: Buffer) => 'answer' | 'failure' | 'stray';

/** Only the same question under the same id is answered. */
const byIdAndQuestion: Judge = (reply, query) => (answersTo(query, reply) ? 'answer' : 'stray');

/** One exchange with one resolver: undefined when it fails or is aborted. */
type Exchange = (
  query: Buffer,
  resolver: ResolverAddress,
  judge: Judge,
  signal: AbortSignal,
) => Promise<Buffer | undefined>;

/** A fresh socket, so that its port is as hard to guess as the id; connected, so that only the resolver can answer. */
const overUdp: Exchange = (query, { host, port }, judge, signal) =>
  new Promise((resolve) => {
    const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
    let open = true;
    const finish = (reply?: Buffer): void => {
      if (!open) return;
      open = false;
      signal.removeEventListener('abort', onAbort);
      socket.close();
      resolve(reply);
    };
    const onAbort = (): void => finish();
    signal.addEventListener('abort', onAbort);
    socket.on('error', () => finish());
    socket.on('message', (reply) => {
      const judged = judge(reply, query);
      if (judged !== 'stray') finish(judged === 'answer' ? reply : undefined);
    });
    socket.connect(port, host, (error?: Error) => {
      if (error !== undefined) finish();
      else if (open) socket.send(query);
    });
  });

const overTcp: Exchange = (query, { host, port }, judge, signal) =>
  new Promise((resolve) => {
    const socket = connect({ host, port });
    let received = Buffer.alloc(0);
    const finish = (reply?: Buffer): void => {
      signal.removeEventListener('abort', onAbort);
      socket.destroy();
      resolve(reply);
    };
    const onAbort = (): void => finish();
    signal.addEventListener('abort', onAbort);
    socket.on('error', () => finish());
    socket.on('close', () => finish());
    socket.on('connect', () => {
      const length = Buffer.alloc(2);
      length.writeUInt16BE(query.length);
      socket.write(Buffer.concat([length, query]));
    });
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (received.length < 2) return;
      const end = 2 + received.readUInt16BE(0);
      if (received.length < end) return;
      const reply = received.subarray(2, end);
      finish(judge(reply, query) === 'answer' ? reply : undefined);
    });
  });

/**
 * Asks the resolvers one after the other over the transport the client used, each for `timeoutMs`. At most `maxOutstanding`
 * queries are under way at a time.
 */
export function createForwarder(options: {
  resolvers: readonly ResolverAddress[];
  timeoutMs: number;
  maxOutstanding: number;
}): Forwarder {
  const { resolvers, timeoutMs, maxOutstanding } = options;
  const underWay = new Set<AbortController>();
  let closed = false;

  async function ask(
    exchange: Exchange,
    query: Buffer,
    resolver: ResolverAddress,
    judge: Judge,
  ): Promise<Buffer | undefined> {
    const controller = new AbortController();
    underWay.add(controller);
    const timer = setTimeout(() => controller.abort(), timeoutMs);
    try {
      return await exchange(query, resolver, judge, controller.signal);
    } finally {
      clearTimeout(timer);
      underWay.delete(controller);
    }
  }

  return {
    enabled: resolvers.length > 0,
    forwards: () => resolvers.length > 0,
    async forward(query, transport, judge = byIdAndQuestion) {
      if (underWay.size >= maxOutstanding) return undefined;
      for (const resolver of resolvers) {
        if (closed) return undefined;
        const reply = await ask(transport === 'udp' ? overUdp : overTcp, query, resolver, judge);
        if (reply !== undefined) return reply;
      }
      return undefined;
    },
    close() {
      closed = true;
      for (const controller of underWay) controller.abort();
    },
  };
}
