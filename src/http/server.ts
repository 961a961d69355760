import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { fastify } from 'fastify';
import type { ConnectionError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { listenError } from './listen-error.js';
import { normalisedPrefix, unmounted } from './mount.js';

export type HttpServer = FastifyInstance;
export type HttpRequest = FastifyRequest;
export type HttpReply = FastifyReply;

/** How long clients may take; a connection that takes longer is answered 408 and closed. In milliseconds. */
export interface HttpTimeouts {
  /** For a request line and the headers, from the first byte or, for the first request, from the connection. */
  readonly headersMs: number;
  /** For a whole request with its body. */
  readonly requestMs: number;
  /** Until the next request on a connection. */
  readonly keepAliveMs: number;
  /** How often this is looked at. */
  readonly checkEveryMs: number;
  /** How long nothing may move on a connection while an answer is waited for or not read; 0 = any time. It is closed then. */
  readonly idleMs: number;
}

/** Longer than the load balancers before us keep connections (60 s as a rule): they, not we, must be the ones to close. */
const defaultTimeouts: HttpTimeouts = {
  headersMs: 30_000,
  requestMs: 300_000,
  keepAliveMs: 75_000,
  checkEveryMs: 5_000,
  idleMs: 0,
};

/** Ids and label selectors may be long; twice what the longest sensible URL has. */
const maxHeaderBytes = 64 << 10;

export interface HttpServerOptions {
  /** Default 4 MiB; what is longer is answered 413. */
  readonly bodyLimitBytes?: number;
  /** Of each socket. Default 4096. */
  readonly maxConnections?: number;
  readonly timeouts?: Partial<HttpTimeouts>;
  /** A path (`/service/marathon`) below which everything answers, too, as it does at the root. */
  readonly mountPrefix?: string | undefined;
  /** Headers of every answer, also of those that no route sees: to a URL that cannot be decoded, to what is no HTTP. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Every request passes the hooks and reaches the handler of what is not found, whatever its URL, which is `request.originalUrl`. */
  readonly ignoresUrls?: boolean;
}

/** What is passed to the constructors of Node's servers, HTTP and HTTPS alike. */
export interface SocketOptions {
  readonly maxHeaderSize: number;
  readonly connectionsCheckingInterval: number;
  readonly headersTimeout: number;
  readonly requestTimeout: number;
  readonly keepAliveTimeout: number;
}

const socketOptions = new WeakMap<HttpServer, SocketOptions>();

/** How the sockets of a server are set up: for another socket that serves the same routes. */
export function socketOptionsOf(server: HttpServer): SocketOptions {
  const options = socketOptions.get(server);
  if (options === undefined) throw new Error('not a server of createHttpServer');
  return options;
}

function jsonMessage(message: string): Buffer {
  return Buffer.from(JSON.stringify({ message }));
}

/** The socket of an answer that is being written; Node keeps it there under this name, and looks at it for the same reason. */
interface AnsweringSocket extends Socket {
  readonly _httpMessage?: { readonly headersSent: boolean } | null;
}

/** Answers what could not be read as a request, in the form that other errors have, and closes the connection. */
function answerBrokenRequest(
  error: ConnectionError,
  socket: AnsweringSocket,
  headers: Readonly<Record<string, string>>,
): void {
  // An answer may be half sent: nothing can be put into it.
  if (error.code === 'ECONNRESET' || !socket.writable || socket._httpMessage?.headersSent === true) {
    socket.destroy();
    return;
  }
  const [status, message] =
    error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
      ? [408, 'The request did not arrive in time']
      : error.code === 'HPE_HEADER_OVERFLOW'
        ? [431, `The URL and the headers are longer than ${maxHeaderBytes} bytes`]
        : [400, 'This is not an HTTP request'];
  refuse(socket, status, message, headers);
}

/** Writes an answer to what is not handled as a request, and closes the connection. */
function refuse(socket: Duplex, status: number, message: string, headers: Readonly<Record<string, string>>): void {
  const body = jsonMessage(message);
  const lines = Object.entries({
    ...headers,
    'Content-Type': 'application/json',
    'Content-Length': String(body.length),
    Connection: 'close',
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n`);
  socket.end(body, () => socket.destroy());
}

/**
 * A server with the settings that all roles share: bodies of any content type arrive as text (`request.body` is a string,
 * undefined when there was none; each API parses as its original did), ids of any length in paths, `//a` and a trailing `/`
 * are left to the routes, a limit on bodies, headers, connections and the time that clients take, and open streams never hold up `close()`.
 */
export function createHttpServer(options: HttpServerOptions = {}): HttpServer {
  const { bodyLimitBytes = 4 << 20, maxConnections = 4096, headers = {}, ignoresUrls = false } = options;
  const { headersMs, requestMs, keepAliveMs, checkEveryMs, idleMs } = { ...defaultTimeouts, ...options.timeouts };
  const prefix = normalisedPrefix(options.mountPrefix);
  const sockets: SocketOptions = {
    maxHeaderSize: maxHeaderBytes,
    connectionsCheckingInterval: checkEveryMs,
    headersTimeout: headersMs,
    requestTimeout: requestMs,
    keepAliveTimeout: keepAliveMs,
  };
  const server = fastify({
    http: sockets,
    requestTimeout: requestMs,
    keepAliveTimeout: keepAliveMs,
    connectionTimeout: idleMs,
    bodyLimit: bodyLimitBytes,
    forceCloseConnections: true,
    // What still arrives while the server closes is answered as usual, not in a form of fastify's own.
    return503OnClosing: false,
    routerOptions: { maxParamLength: 4096, ignoreTrailingSlash: true },
    exposeHeadRoutes: true,
    rewriteUrl: ({ url }) => (ignoresUrls ? '/' : unmounted(url ?? '/', prefix)),
    // A URL that cannot be decoded reaches no route, no hook and no error handler
    frameworkErrors: (error, _request, reply) => {
      const answer = reply as unknown as FastifyReply;
      void answer
        .code(error.statusCode ?? 400)
        .headers(headers)
        .header('Content-Type', 'application/json');
      void answer.send(jsonMessage(error.message));
    },
    clientErrorHandler: (error, socket) => answerBrokenRequest(error, socket, headers),
  });
  socketOptions.set(server, sockets);
  if (Object.keys(headers).length > 0) {
    server.addHook('onRequest', (_request, reply, done) => {
      void reply.headers(headers);
      done();
    });
  }
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => {
    done(null, body === '' ? undefined : body);
  });
  server.server.maxConnections = maxConnections;
  server.server.on('connect', (_request, socket) => {
    socket.on('error', () => socket.destroy());
    const message = 'CONNECT is not possible here: this is no proxy to other servers';
    refuse(socket, 405, message, { ...headers, Allow: 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS' });
  });
  return server;
}

/**
 * Listens on `host:port` (0 = any free port) and returns the port. Throws StartupError, naming `flag`, when the port is taken or not allowed.
 */
export async function listen(
  server: HttpServer,
  options: { host: string; port: number; flag: string },
): Promise<number> {
  const { host, port } = options;
  try {
    await server.listen({ host, port });
  } catch (error) {
    throw listenError(error, options);
  }
  const address = server.server.address();
  return address !== null && typeof address === 'object' ? address.port : port;
}
