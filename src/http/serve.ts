import { createServer } from 'node:https';
import type { Server } from 'node:https';
import { messageOf, StartupError } from '../common/errors.js';
import { followFiles } from '../common/follow-files.js';
import type { Logger } from '../common/logger.js';
import { listenError } from './listen-error.js';
import { listen, socketOptionsOf } from './server.js';
import type { HttpServer } from './server.js';
import { filesOf, loadTls } from './tls.js';
import type { TlsSource } from './tls.js';

/** Where an API is served. */
export interface ServeOptions {
  readonly host: string;
  readonly httpPort: number;
  /** Only TLS. */
  readonly httpDisabled: boolean;
  readonly httpsHost: string;
  readonly httpsPort: number;
  /** Undefined: no TLS. */
  readonly tls: TlsSource | undefined;
}

/** The ports that answer. */
export interface ServedPorts {
  readonly http: number | undefined;
  readonly https: number | undefined;
}

/** Reads the key and certificate again when their files change, so that a renewed one is used without a restart. */
function followTls(server: HttpServer, https: Server, source: TlsSource, logger: Logger): void {
  const files = filesOf(source);
  const follow = followFiles(files, {
    async read() {
      try {
        const { material, warnings } = await loadTls(source, Date.now());
        https.setSecureContext({ ...material });
        logger.info({ files }, 'The TLS certificate was read again: new connections use it');
        for (const warning of warnings) logger.warn({}, warning);
      } catch (error) {
        logger.warn({}, `The TLS certificate is not changed: ${messageOf(error)}`);
      }
    },
    onError: (error) => logger.warn({ err: error, files }, 'Changes of these files may go unnoticed'),
  });
  server.addHook('onClose', () => follow.close());
}

/** A second socket for the routes of `server`, with the same limits; it is closed with the server. Listens on `host:port`. */
async function listenTls(
  server: HttpServer,
  source: TlsSource,
  { host, port, flag }: { host: string; port: number; flag: string },
  logger: Logger,
): Promise<number> {
  const { material, warnings } = await loadTls(source, Date.now());
  for (const warning of warnings) logger.warn({}, warning);
  const sockets = socketOptionsOf(server);
  const https = createServer({ ...sockets, handshakeTimeout: sockets.headersTimeout, ...material });
  const main = server.server;
  https.maxConnections = main.maxConnections;
  https.setTimeout(main.timeout);
  https.on('request', (request, response) => main.emit('request', request, response));
  https.on('clientError', (error, socket) => main.emit('clientError', error, socket));
  https.on('connect', (request, socket, head) => main.emit('connect', request, socket, head));
  server.addHook('onClose', async () => {
    const closed = new Promise((resolve) => https.close(resolve));
    https.closeAllConnections();
    await closed;
  });
  followTls(server, https, source, logger);
  await server.ready();
  await new Promise<void>((resolve, reject) => {
    const refuse = (error: Error): void => {
      const reason = listenError(error, { host, port, flag });
      reject(reason instanceof Error ? reason : error);
    };
    https.once('error', refuse);
    https.listen({ host, port }, () => {
      https.off('error', refuse);
      https.on('error', (err) => logger.warn({ err }, 'A connection to the HTTPS port could not be taken'));
      resolve();
    });
  });
  const address = https.address();
  return address !== null && typeof address === 'object' ? address.port : port;
}

/**
 * Serves an API on HTTP, on HTTPS or on both, by one set of routes, and returns the ports (0 in the options = any free one). A certificate
 * is read again when its file changes. Throws StartupError that names the flag: a port that cannot be had, a keystore that cannot be used.
 */
export async function serve(server: HttpServer, options: ServeOptions, logger: Logger): Promise<ServedPorts> {
  const { host, httpPort, httpDisabled, httpsHost, httpsPort, tls } = options;
  if (httpDisabled && tls === undefined) {
    throw new StartupError(
      'with --disable_http nothing would be served: give a TLS certificate, too (--ssl_keystore_path, or --ssl_certificate_path ' +
        'and --ssl_key_path)',
    );
  }
  const https =
    tls === undefined
      ? undefined
      : await listenTls(server, tls, { host: httpsHost, port: httpsPort, flag: 'https_port' }, logger);
  const http = httpDisabled ? undefined : await listen(server, { host, port: httpPort, flag: 'http_port' });
  return { http, https };
}
