import { fastify } from 'fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { codeOf, StartupError } from '../common/errors.js';

export type HttpServer = FastifyInstance;
export type HttpRequest = FastifyRequest;
export type HttpReply = FastifyReply;

/**
 * A server with the settings that all roles share: bodies of any content type arrive as text (`request.body` is a string,
 * undefined when there was none; each API parses as its original did), ids of any length in paths, `//a` and a trailing `/`
 * are left to the routes, a limit on bodies and on connections, and open streams never hold up `close()`.
 */
export function createHttpServer(options: { bodyLimitBytes?: number; maxConnections?: number } = {}): HttpServer {
  const { bodyLimitBytes = 4 << 20, maxConnections = 4096 } = options;
  const server = fastify({
    bodyLimit: bodyLimitBytes,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 4096, ignoreTrailingSlash: true },
    exposeHeadRoutes: true,
    // A URL that cannot be decoded reaches no route and no error handler
    frameworkErrors: (error, _request, reply) => {
      const answer = reply as unknown as FastifyReply;
      void answer.code(error.statusCode ?? 400).send({ message: error.message });
    },
  });
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => {
    done(null, body === '' ? undefined : body);
  });
  server.server.maxConnections = maxConnections;
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

/** The one clear line for a port that cannot be had; any other error is returned as it is. */
export function listenError(
  error: unknown,
  { host, port, flag }: { host: string; port: number; flag: string },
): unknown {
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return new StartupError(`port ${port} on ${host} is in use by another program: choose another with --${flag}`);
    case 'EACCES':
      return new StartupError(
        `port ${port} on ${host} needs more privileges than this user has: choose another with --${flag}`,
      );
    case 'EADDRNOTAVAIL':
      return new StartupError(`${host} is not an address of this machine (port ${port}, --${flag})`);
    default:
      return error;
  }
}
