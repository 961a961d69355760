import t from 'tap';
import type { Test } from 'tap';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { followEkidenStream } from '../../src/catalog/providers/ekiden-stream.js';
import type { EkidenStream, EkidenStreamOptions } from '../../src/catalog/providers/ekiden-stream.js';
import { silentLogger } from '../../src/common/logger.js';
import { makePem } from '../support/certificates.js';
import { listenOnFreePort } from '../support/listen.js';
import { waitFor } from '../support/wait.js';

const credentials = { user: 'me', password: 'se:cret' };
const authorization = `Basic ${Buffer.from('me:se:cret').toString('base64')}`;

/** Serves an empty catalog to those who know the credentials; notes what each request brought. */
function guarded(seen: (string | undefined)[]): RequestListener {
  return (request, response) => {
    seen.push(request.headers.authorization);
    if (request.headers.authorization !== authorization) {
      response.writeHead(401).end();
      return;
    }
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    const snapshot = { type: 'snapshot', epoch: 'e', seq: 0, apps: [], instances: [] };
    response.write(`event: snapshot\nid: e:0\ndata: ${JSON.stringify(snapshot)}\n\n`);
  };
}

function follow(t: Test, url: string, more: Partial<EkidenStreamOptions>): EkidenStream {
  const stream = followEkidenStream({
    schedulers: [url],
    logger: silentLogger,
    onMessage: () => undefined,
    random: () => 0,
    ...more,
  });
  t.teardown(() => stream.close());
  return stream;
}

t.test('credentials are sent, and asked for where they are missing or wrong', async (t) => {
  const url = `http://127.0.0.1:${await listenOnFreePort(t, createServer(guarded([])))}`;
  const none = follow(t, url, {});
  await waitFor('the refusal', () => none.status.lastError !== undefined);
  t.match(none.status.lastError, /401: the scheduler asks for credentials: give them as --marathon_credentials/);
  const wrong = follow(t, url, { credentials: { user: 'me', password: 'wrongwrong' } });
  await waitFor('the refusal', () => wrong.status.lastError !== undefined);
  t.match(wrong.status.lastError, /401: the --marathon_credentials of me are not those of the scheduler/);
  t.notMatch(wrong.status.lastError, 'wrongwrong');
  const right = follow(t, url, { credentials });
  await waitFor('the snapshot', () => right.status.synced);
});

t.test('a redirect to the leader takes the credentials along, but never out of TLS', async (t) => {
  const seen: (string | undefined)[] = [];
  const leader = `http://127.0.0.1:${await listenOnFreePort(t, createServer(guarded(seen)))}`;
  const redirect: RequestListener = (request, response) => {
    response.writeHead(307, { Location: `${leader}${request.url ?? ''}` }).end();
  };
  const standby = `http://127.0.0.1:${await listenOnFreePort(t, createServer(redirect))}`;
  const stream = follow(t, standby, { credentials });
  await waitFor('the snapshot', () => stream.status.synced);
  t.same(seen, [authorization]);

  seen.length = 0;
  const { certificatePath, keyPath } = await makePem(t.testdir(), 'standby.example');
  const cert = readFileSync(certificatePath, 'utf8');
  const secured = createTlsServer({ key: readFileSync(keyPath), cert }, redirect);
  const tls = `https://127.0.0.1:${await listenOnFreePort(t, secured)}`;
  const careful = follow(t, tls, { credentials, readTrust: async () => cert });
  await waitFor('the refusal', () => careful.status.lastError?.startsWith('401') === true);
  t.ok(seen.every((header) => header === undefined));
});

t.test('a renewed certificate is trusted at the next connection', async (t) => {
  const directory = t.testdir();
  const [first, second] = [await makePem(directory, 'first.example'), await makePem(directory, 'second.example')];
  const pemOf = ({ certificatePath }: typeof first): string => readFileSync(certificatePath, 'utf8');
  const server = createTlsServer({ key: readFileSync(first.keyPath), cert: pemOf(first) }, guarded([]));
  const url = `https://127.0.0.1:${await listenOnFreePort(t, server)}`;
  let trusted = pemOf(second);
  const stream = follow(t, url, { credentials, readTrust: async () => trusted });
  await waitFor('the refusal', () => /self-signed/.test(stream.status.lastError ?? ''));
  t.notOk(stream.status.synced);
  trusted = pemOf(first);
  await waitFor('the snapshot', () => stream.status.synced);

  server.setSecureContext({ key: readFileSync(second.keyPath), cert: pemOf(second) });
  trusted = pemOf(second);
  server.closeAllConnections();
  await waitFor('the cut', () => !stream.status.connected);
  await waitFor('the new connection', () => stream.status.connected);
  t.ok(stream.status.synced);
});
