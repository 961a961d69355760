import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import type { HttpRequest, HttpServer } from './server.js';
import { addVary } from './vary.js';

/** Smaller answers fit into one packet anyway. */
const minBytes = 1024;

/** What large clusters are asked for every few seconds is compressed fast rather than small. */
const options = { level: constants.Z_BEST_SPEED };

const compressible =
  /^(?:text\/(?!event-stream)|application\/(?:json|javascript|yaml|xml|[^;]+\+(?:json|xml))|image\/svg)/i;

/** Whether the client takes gzip (RFC 9110 §12.5.3): named, or covered by `*`, and not with a weight of 0. */
export function acceptsGzip(acceptEncoding: string | undefined): boolean {
  const weights = new Map(
    (acceptEncoding ?? '').split(',').map((part): [string, number] => {
      const [name = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
      const weight = parameters.find((parameter) => parameter.startsWith('q='));
      return [name, weight === undefined ? 1 : Number(weight.slice(2))];
    }),
  );
  return (weights.get('gzip') ?? weights.get('x-gzip') ?? weights.get('*') ?? 0) > 0;
}

function wanted(request: HttpRequest): boolean {
  const header = request.headers['accept-encoding'];
  return acceptsGzip(Array.isArray(header) ? header.join(',') : header);
}

const gzipAsync = promisify(gzip);
const compressed = new WeakMap<Buffer, Promise<Buffer>>();

/** A body that is sent to several clients is compressed once, also when they ask at the same time. */
function gzipped(body: string | Buffer): Promise<Buffer> {
  if (typeof body === 'string') return gzipAsync(body, options);
  let result = compressed.get(body);
  if (result === undefined) compressed.set(body, (result = gzipAsync(body, options)));
  return result;
}

/**
 * Compresses what is sent as a whole, when the client takes gzip and it is text of some size; off the event loop. Streams are sent as
 * they are: of events, because they must not wait in a compressor, and of files.
 */
export function addGzip(server: HttpServer): void {
  server.addHook('onSend', (request, reply, payload, done) => {
    const body = typeof payload === 'string' || Buffer.isBuffer(payload) ? payload : undefined;
    const type = reply.getHeader('Content-Type');
    if (
      body === undefined ||
      typeof type !== 'string' ||
      !compressible.test(type) ||
      reply.hasHeader('Content-Encoding') ||
      Buffer.byteLength(body) < minBytes
    ) {
      done(null, payload);
      return;
    }
    addVary(reply, 'Accept-Encoding');
    if (!wanted(request)) {
      done(null, payload);
      return;
    }
    if (request.method === 'HEAD') {
      void reply.header('Content-Encoding', 'gzip').removeHeader('Content-Length');
      // Only compressing it would tell its length, and no other must be said (RFC 9110 §8.6): a stream has none.
      done(null, Readable.from([]));
      return;
    }
    gzipped(body).then(
      (packed) => {
        void reply.header('Content-Encoding', 'gzip').header('Content-Length', packed.length);
        done(null, packed);
      },
      () => done(null, payload),
    );
  });
}
