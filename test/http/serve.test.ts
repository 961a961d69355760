import { once } from 'node:events';
import { copyFileSync } from 'node:fs';
import { get } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:net';
import { connect } from 'node:tls';
import t from 'tap';
import type { Test } from 'tap';
import { StartupError } from '../../src/common/errors.js';
import { silentLogger } from '../../src/common/logger.js';
import type { Logger } from '../../src/common/logger.js';
import { serve } from '../../src/http/serve.js';
import type { ServeOptions } from '../../src/http/serve.js';
import { createHttpServer } from '../../src/http/server.js';
import type { HttpServer } from '../../src/http/server.js';
import { startSse } from '../../src/http/sse.js';
import { makePem, makePkcs12, storePassword } from '../support/certificates.js';
import { listenOnFreePort } from '../support/listen.js';
import { waitFor } from '../support/wait.js';

const free: ServeOptions = {
  host: '127.0.0.1',
  httpPort: 0,
  httpDisabled: false,
  httpsHost: '127.0.0.1',
  httpsPort: 0,
  tls: undefined,
};

function createServerWithRoutes(t: Test): HttpServer {
  const server = createHttpServer({ headers: { 'X-Mine': 'yes' }, timeouts: { headersMs: 200, checkEveryMs: 50 } });
  server.get('/', (request, reply) => reply.send(request.protocol));
  server.get('/events', (_request, reply) => {
    startSse(reply);
    return reply;
  });
  t.teardown(() => server.close());
  return server;
}

/** A GET over TLS whose certificate is not verified; its body is not read. */
async function getTls(port: number, path: string): Promise<IncomingMessage> {
  const request = get({ host: '127.0.0.1', port, path, rejectUnauthorized: false, agent: false });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return response;
}

async function bodyOf(response: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += String(chunk);
  return text;
}

async function shownName(port: number): Promise<string> {
  const client = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
  await once(client, 'secureConnect');
  const { CN } = client.getPeerCertificate().subject;
  client.destroy();
  return String(CN);
}

t.test('HTTP and HTTPS at once, by the same routes', async (t) => {
  const pem = await makePem(t.testdir(), 'both.example');
  const server = createServerWithRoutes(t);
  const ports = await serve(server, { ...free, tls: { type: 'pem', ...pem } }, silentLogger);
  const { http, https } = ports;
  if (http === undefined || https === undefined) throw new Error('both have a port');
  t.not(http, https);
  t.equal(await (await fetch(`http://127.0.0.1:${http}/`)).text(), 'http');
  const overTls = await getTls(https, '/');
  t.equal(overTls.headers['x-mine'], 'yes');
  t.equal(await bodyOf(overTls), 'https');

  const broken = connect({ port: https, host: '127.0.0.1', rejectUnauthorized: false });
  broken.setEncoding('utf8').write('Hello\r\n\r\n');
  const [text] = (await once(broken, 'data')) as [string];
  t.match(text, /^HTTP\/1\.1 400 [^]*X-Mine: yes/, 'the same answer to what is no HTTP');
  broken.destroy();

  const silent = connect({ port: https, host: '127.0.0.1', rejectUnauthorized: false });
  silent.resume();
  await once(silent, 'close');
  t.pass('a client that sends nothing is cut here, too');

  const events = await getTls(https, '/events');
  events.on('error', () => undefined);
  await server.close();
  await waitFor('the end of the stream', () => events.destroyed || events.closed);
  await t.rejects(getTls(https, '/'), 'nothing answers any more');
  await t.rejects(fetch(`http://127.0.0.1:${http}/`));
});

t.test('HTTPS alone', async (t) => {
  const dir = t.testdir();
  const path = await makePkcs12(dir, 'alone.example', await makePem(dir, 'alone.example'));
  const tls = { type: 'keystore', path, password: storePassword } as const;
  const server = createServerWithRoutes(t);
  const { http, https } = await serve(server, { ...free, httpDisabled: true, tls }, silentLogger);
  t.equal(http, undefined);
  t.equal(await shownName(https ?? 0), 'alone.example');
  t.equal(await bodyOf(await getTls(https ?? 0, '/')), 'https');
  await t.rejects(
    serve(createServerWithRoutes(t), { ...free, httpDisabled: true }, silentLogger),
    new StartupError(
      'with --disable_http nothing would be served: give a TLS certificate, too (--ssl_keystore_path, or ' +
        '--ssl_certificate_path and --ssl_key_path)',
    ),
  );
});

t.test('a port that is taken, a keystore that is not there', async (t) => {
  const pem = await makePem(t.testdir(), 'taken.example');
  const tls = { type: 'pem', ...pem } as const;
  const taken = await listenOnFreePort(t, createServer());
  const start = (changes: Partial<ServeOptions>): Promise<unknown> =>
    serve(createServerWithRoutes(t), { ...free, ...changes }, silentLogger);
  await t.rejects(start({ tls, httpsPort: taken }), {
    name: 'StartupError',
    message: `port ${taken} on 127.0.0.1 is in use by another program: choose another with --https_port`,
  });
  await t.rejects(start({ tls, httpPort: taken }), {
    name: 'StartupError',
    message: /choose another with --http_port$/,
  });
  await t.rejects(start({ tls: { type: 'keystore', path: '/nowhere/x.jks', password: 'x' } }), {
    name: 'StartupError',
    message: '--ssl_keystore_path: there is no file /nowhere/x.jks',
  });
});

t.test('a certificate that is renewed is used without a restart', async (t) => {
  const dir = t.testdir();
  const first = await makePem(dir, 'first.example');
  const second = await makePem(dir, 'second.example');
  const p12 = await makePkcs12(dir, 'live', first);
  const renewed = await makePkcs12(dir, 'renewed', second);
  const messages: string[] = [];
  const say = (_fields: object, message: string): void => void messages.push(message);
  const logger: Logger = { ...silentLogger, info: say, warn: say };
  const server = createServerWithRoutes(t);
  const tls = { type: 'keystore', path: p12, password: storePassword } as const;
  const { https = 0 } = await serve(server, { ...free, tls }, logger);
  t.equal(await shownName(https), 'first.example');
  // The watcher may need a moment before it sees changes: they are repeated until one is seen.
  await waitFor('the new certificate', async () => {
    copyFileSync(renewed, p12);
    return (await shownName(https)) === 'second.example';
  });
  await waitFor('the complaint about a file that is none', () => {
    copyFileSync(first.certificatePath, p12);
    return messages.some((message) => message.startsWith('The TLS certificate is not changed: --ssl_keystore_path: '));
  });
  t.equal(await shownName(https), 'second.example', 'the last good one stays');
});
