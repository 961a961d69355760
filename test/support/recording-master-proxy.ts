// A proxy before a Mesos master that notes what schedulers call, and what the master answers. One for each scheduler tells them apart.
//
//   const proxy = await startRecordingMasterProxy(t, { target: '127.0.0.1:5050', zk: { hosts: zooKeeper.hosts, path: '/mesos' } });
//   … --master=zk://…/mesos, or --master=${proxy.authority}
//   proxy.calls.filter(({ type, status }) => type === 'ACCEPT' && status === 202)
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, request } from 'node:http';
import type { Socket } from 'node:net';
import type { Test } from 'tap';
import { childPath, ensurePath } from '../../src/zookeeper/paths.js';
import { listenOnFreePort } from './listen.js';
import { zooKeeperClient } from './zookeeper-client.js';

/** A call of the scheduler API that the master has answered. Times are in milliseconds since 1970. */
export interface RecordedCall {
  /** When the master's answer came: it took the call between `sentAtMs` and then. */
  readonly atMs: number;
  /** When it was passed on to the master. */
  readonly sentAtMs: number;
  /** `SUBSCRIBE`, `ACCEPT`, `KILL` …; '' when it was no such call. */
  readonly type: string;
  /** As the call says it; of a first SUBSCRIBE as the master gave it, once its SUBSCRIBED has come. */
  readonly frameworkId?: string;
  /** As the call says it; of SUBSCRIBE the one that the master gave. */
  readonly streamId?: string;
  /** Of ACCEPT those that it launches, of KILL, RECONCILE and ACKNOWLEDGE those that it asks about. */
  readonly taskIds: readonly string[];
  /** 200 for SUBSCRIBE, 202 for others that were accepted. */
  readonly status: number;
  /** Of the scheduler's connection. */
  readonly remotePort: number;
}

export interface RecordingMasterProxy {
  /** `127.0.0.1:port` */
  readonly authority: string;
  /** In the order of the answers. */
  readonly calls: readonly RecordedCall[];
  /** Takes the node in ZooKeeper back and cuts all connections; the test does so, too. */
  close(): Promise<void>;
}

interface Id {
  readonly value: string;
}

interface Tasks {
  readonly task_id: Id;
}

/** A call, as far as it is looked into. */
interface Call {
  readonly type?: string;
  readonly framework_id?: Id;
  readonly subscribe?: { readonly framework_info?: { readonly id?: Id } };
  readonly accept?: {
    readonly operations?: readonly {
      readonly launch?: { readonly task_infos: readonly Tasks[] };
      readonly launch_group?: { readonly task_group: { readonly tasks: readonly Tasks[] } };
    }[];
  };
  readonly kill?: Tasks;
  readonly acknowledge?: Tasks;
  readonly reconcile?: { readonly tasks?: readonly Tasks[] };
}

function readCall(body: string): Call {
  try {
    const call = JSON.parse(body) as Call | null;
    return call ?? {};
  } catch {
    return {};
  }
}

function taskIdsOf({ accept, kill, acknowledge, reconcile }: Call): string[] {
  const launched = (accept?.operations ?? []).flatMap(({ launch, launch_group }) => [
    ...(launch?.task_infos ?? []),
    ...(launch_group?.task_group.tasks ?? []),
  ]);
  const named = [...(kill === undefined ? [] : [kill]), ...(acknowledge === undefined ? [] : [acknowledge])];
  return [...launched, ...named, ...(reconcile?.tasks ?? [])].map(({ task_id }) => task_id.value);
}

/** The framework id in a SUBSCRIBED record; undefined while the record is not complete, null when it is another one. */
function subscribedId(bytes: Buffer): string | null | undefined {
  const end = bytes.indexOf('\n');
  if (end < 0) return undefined;
  const length = Number(bytes.subarray(0, end).toString());
  if (bytes.length < end + 1 + length) return undefined;
  const record = JSON.parse(bytes.subarray(end + 1, end + 1 + length).toString()) as {
    subscribed?: { framework_id?: Id };
  };
  return record.subscribed?.framework_id?.value ?? null;
}

const isHop = (name: string): boolean => /^(connection|keep-alive|proxy-connection)$/i.test(name);

/** Headers for the other side; a redirect to the master itself leads to the proxy. */
function passedHeaders(raw: readonly string[], target: string, authority: string): string[] {
  const headers: string[] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const [name = '', value = ''] = [raw[i], raw[i + 1]];
    if (isHop(name)) continue;
    const isOwn = name.toLowerCase() === 'location' && value.replace(/^(https?:)?\/\//, '').split('/', 1)[0] === target;
    headers.push(name, isOwn ? value.replace(target, authority) : value);
  }
  return headers;
}

async function bodyOf(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/**
 * Starts the proxy on a free port. With `zk` it announces itself there as the master would, by a `json.info_` node that lives until
 * `close`; a master that is to be reached through it alone must not announce itself below the same path. Connections that break on
 * one side break on the other; that the master cannot be reached a client sees as a connection that is closed.
 */
export async function startRecordingMasterProxy(
  t: Test,
  options: {
    /** `host:port` of the master. */
    readonly target: string;
    readonly zk?: { readonly hosts: string; readonly path: string };
  },
): Promise<RecordingMasterProxy> {
  const { target, zk } = options;
  const [host, targetPort] = target.split(':');
  const calls: RecordedCall[] = [];
  const sockets = new Set<Socket>();
  let authority = '';

  async function pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await bodyOf(incoming);
    const isCall = /\/api\/v1\/scheduler\/?(\?|$)/.test(incoming.url ?? '') && incoming.method === 'POST';
    const sentAtMs = Date.now();
    const upstream = request({
      agent: false,
      host,
      port: targetPort,
      method: incoming.method,
      path: incoming.url,
      headers: passedHeaders(incoming.rawHeaders, target, authority),
    });
    outgoing.on('close', () => upstream.destroy());
    upstream.on('error', () => outgoing.destroy());
    upstream.on('response', (answer) => {
      const status = answer.statusCode ?? 0;
      outgoing.writeHead(status, passedHeaders(answer.rawHeaders, target, authority));
      outgoing.flushHeaders();
      if (isCall) note(readCall(body.toString()), { incoming, answer, sentAtMs, status });
      answer.on('data', (data: Buffer) => outgoing.write(data));
      answer.on('end', () => outgoing.end());
      answer.on('error', () => outgoing.destroy());
    });
    upstream.end(body);
  }

  function note(
    call: Call,
    about: { incoming: IncomingMessage; answer: IncomingMessage; sentAtMs: number; status: number },
  ): void {
    const { incoming, answer, sentAtMs, status } = about;
    const frameworkId = call.framework_id?.value ?? call.subscribe?.framework_info?.id?.value;
    const streamId = answer.headers['mesos-stream-id'] ?? incoming.headers['mesos-stream-id'];
    const index = calls.push({
      atMs: Date.now(),
      sentAtMs,
      type: call.type ?? '',
      ...(frameworkId === undefined ? {} : { frameworkId }),
      ...(typeof streamId === 'string' ? { streamId } : {}),
      taskIds: taskIdsOf(call),
      status,
      remotePort: incoming.socket.remotePort ?? 0,
    });
    if (call.type !== 'SUBSCRIBE' || status !== 200 || frameworkId !== undefined) return;
    let head = Buffer.alloc(0);
    const read = (data: Buffer): void => {
      head = Buffer.concat([head, data]);
      const given = subscribedId(head);
      if (given === undefined) return;
      answer.off('data', read);
      const noted = calls[index - 1];
      if (given !== null && noted !== undefined) calls[index - 1] = { ...noted, frameworkId: given };
    };
    answer.on('data', read);
  }

  const server = createServer((incoming, outgoing) => {
    pass(incoming, outgoing).catch(() => outgoing.destroy());
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  const port = await listenOnFreePort(t, server);
  authority = `127.0.0.1:${port}`;

  const client = zk === undefined ? undefined : zooKeeperClient(t, zk.hosts, { sessionTimeoutMs: 60_000 });
  if (client !== undefined && zk !== undefined) {
    await client.connected(60_000);
    await ensurePath(client, zk.path);
    const info = {
      id: `recording-proxy-${port}`,
      hostname: '127.0.0.1',
      port,
      pid: `master@${authority}`,
      address: { hostname: '127.0.0.1', ip: '127.0.0.1', port },
    };
    await client.create(childPath(zk.path, 'json.info_'), Buffer.from(JSON.stringify(info)), 'ephemeralSequential');
  }
  const close = async (): Promise<void> => {
    await client?.close();
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  t.teardown(close);
  return { authority, calls, close };
}
