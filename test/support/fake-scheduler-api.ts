import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { encodeRecord } from '../../src/mesos/recordio.js';
import type { SchedulerCall, SchedulerEvent } from '../../src/mesos/types.js';

export interface SubscribeCall {
  readonly type: 'SUBSCRIBE';
  readonly framework_id?: { readonly value: string };
  readonly subscribe: {
    readonly framework_info: { readonly id?: { readonly value: string } } & Record<string, unknown>;
  };
}

export type ReceivedCall = (SchedulerCall | SubscribeCall) & { readonly framework_id?: { readonly value: string } };

/** What a Mesos master answers to a call: by status and text. */
export interface Answer {
  readonly status: number;
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The scheduler API of a Mesos master that does nothing by itself: it notes the calls, and says what the test tells it to say. */
export interface FakeSchedulerApi {
  /** `host:port` */
  readonly authority: string;
  /** All calls that were answered with success, in the order of their arrival, SUBSCRIBE included. */
  readonly calls: ReceivedCall[];
  /** The headers of each of them. */
  readonly headers: IncomingHttpHeaders[];
  /** Open subscriptions. */
  readonly streams: readonly ServerResponse[];
  /** How many requests were seen, refused ones included. */
  readonly requests: number;
  /** Answers a call in another way than Mesos' usual one, when it returns something. */
  intercept: (call: ReceivedCall) => Answer | Promise<Answer | undefined> | undefined;
  /** `SUBSCRIBED` that a subscription starts with; undefined = the master says nothing. */
  subscribed: (call: SubscribeCall) => SchedulerEvent | undefined;
  /** Says something on every open subscription. */
  say(event: SchedulerEvent | Record<string, unknown>): void;
  /** Ends the subscriptions: `cleanly` with the final chunk, or as a master that dies. */
  endStreams(how: 'cleanly' | 'abruptly'): void;
  stop(): Promise<void>;
}

/** Starts one on a free port of 127.0.0.1, or on a given one (a master that comes back). */
export async function startFakeSchedulerApi(port = 0): Promise<FakeSchedulerApi> {
  const calls: ReceivedCall[] = [];
  const headers: IncomingHttpHeaders[] = [];
  let streams: ServerResponse[] = [];
  let streamId = '';
  let requests = 0;
  let nextFrameworkId = 0;

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => void answer(Buffer.concat(chunks).toString('utf8'), request.headers, response));
    response.on('close', () => (streams = streams.filter((s) => s !== response)));
  });

  function refuse(response: ServerResponse, { status, text = '', headers: extra = {} }: Answer): void {
    response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', ...extra });
    response.end(text);
  }

  async function answer(body: string, requestHeaders: IncomingHttpHeaders, response: ServerResponse): Promise<void> {
    requests++;
    const call = JSON.parse(body) as ReceivedCall;
    const other = await master.intercept(call);
    if (other !== undefined) return refuse(response, other);
    if (call.type === 'SUBSCRIBE') {
      if (requestHeaders['mesos-stream-id'] !== undefined) {
        return refuse(response, {
          status: 400,
          text: "Subscribe calls should not include the 'Mesos-Stream-Id' header",
        });
      }
      if (call.framework_id?.value !== call.subscribe.framework_info.id?.value) {
        return refuse(response, { status: 400, text: "'framework_id' differs from 'subscribe.framework_info.id'" });
      }
      calls.push(call);
      headers.push(requestHeaders);
      streamId = randomUUID();
      response.writeHead(200, { 'content-type': 'application/json', 'mesos-stream-id': streamId });
      response.flushHeaders();
      streams.push(response);
      const first = master.subscribed(call);
      if (first !== undefined) response.write(encodeRecord(first));
      return;
    }
    if (requestHeaders['mesos-stream-id'] !== streamId) {
      const text = `The stream ID '${String(requestHeaders['mesos-stream-id'])}' included in this request didn't match the stream ID currently associated with framework ID`;
      return refuse(response, { status: 400, text });
    }
    calls.push(call);
    headers.push(requestHeaders);
    response.writeHead(202, { 'content-length': '0' });
    response.end();
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');

  const master: FakeSchedulerApi = {
    authority: `127.0.0.1:${address.port}`,
    calls,
    headers,
    get streams() {
      return streams;
    },
    get requests() {
      return requests;
    },
    intercept: () => undefined,
    subscribed: (call) => ({
      type: 'SUBSCRIBED',
      subscribed: {
        framework_id: call.framework_id ?? { value: `framework-${nextFrameworkId++}` },
        heartbeat_interval_seconds: 15,
      },
    }),
    say(event) {
      for (const stream of streams) stream.write(encodeRecord(event));
    },
    endStreams(how) {
      for (const stream of streams) {
        if (how === 'cleanly') stream.end();
        else stream.destroy();
      }
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return master;
}
