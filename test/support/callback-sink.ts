import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import type { Test } from 'tap';

/** A request as it came in, with its whole body. */
export interface SinkRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** An HTTP server that keeps what is sent to it. */
export interface CallbackSink {
  /** `http://127.0.0.1:port`, without a path. */
  readonly url: string;
  readonly requests: readonly SinkRequest[];
  /** What the next answers are; 200 and empty until they are replaced. */
  status: number;
  answer: string;
  /** Holds answers back until the returned function is called. */
  hold(): () => void;
  /** How many requests were answered. */
  answered(): number;
  /** The largest number of requests that were under way together. */
  mostAtOnce(): number;
}

/** Starts one; it ends with the test. */
export async function startSink(t: Test): Promise<CallbackSink> {
  const requests: SinkRequest[] = [];
  let held: Promise<void> | undefined;
  let open = 0;
  let mostAtOnce = 0;
  let answered = 0;
  const server = createServer((request, response) => {
    void (async () => {
      mostAtOnce = Math.max(mostAtOnce, ++open);
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const { method = '', url = '', headers } = request;
      requests.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
      await held;
      open--;
      response.writeHead(sink.status).end(sink.answer);
      answered++;
    })().catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  const sink: CallbackSink = {
    url: `http://127.0.0.1:${port}`,
    requests,
    status: 200,
    answer: '',
    hold() {
      let release = (): void => undefined;
      held = new Promise((resolve) => (release = resolve));
      return release;
    },
    answered: () => answered,
    mostAtOnce: () => mostAtOnce,
  };
  return sink;
}
