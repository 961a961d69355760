import { createServer, request } from 'node:http';
import type { Test } from 'tap';

/** A request that a scheduler has passed on to the one that leads. */
export interface PassedOn {
  readonly atMs: number;
  readonly method: string;
  readonly url: string;
}

/**
 * Stands where other schedulers look for one: listens on `hostname` at `port` and passes everything on to 127.0.0.1 at the same port.
 * Returns what has come by with `X-Marathon-Via`, so far and from now on.
 */
export async function recordVia(t: Test, hostname: string, port: number): Promise<readonly PassedOn[]> {
  const seen: PassedOn[] = [];
  const server = createServer((incoming, outgoing) => {
    const { method = '', url = '', headers } = incoming;
    if (headers['x-marathon-via'] !== undefined) seen.push({ atMs: performance.now(), method, url });
    const call = request({ host: '127.0.0.1', port, method, path: url, headers, agent: false }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
      answer.on('error', () => outgoing.destroy());
    });
    call.on('error', () => outgoing.destroy());
    outgoing.on('close', () => call.destroy());
    incoming.pipe(call);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, hostname, resolve);
  });
  t.teardown(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return seen;
}
