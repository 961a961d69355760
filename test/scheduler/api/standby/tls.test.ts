import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { createServer } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import type { Test } from 'tap';
import type { TlsSource } from '../../../../src/http/tls.js';
import type { LeaderProxyOptions } from '../../../../src/scheduler/options.js';
import { makeJks, makePem, makePkcs12, storePassword, withoutKeytool } from '../../../support/certificates.js';
import type { PemFiles } from '../../../support/certificates.js';
import { listenOnFreePort } from '../../../support/listen.js';
import { serveStandby } from '../../../support/standby.js';
import { waitFor } from '../../../support/wait.js';

/** A key, and a certificate for `subject` by `authority`. */
async function signedBy(directory: string, authority: PemFiles, name: string, subject: string): Promise<PemFiles> {
  const own = await makePem(directory, name);
  const extensions = join(directory, `${name}.ext`);
  const certificatePath = join(directory, `${name}.signed`);
  writeFileSync(extensions, `subjectAltName=${subject}\nbasicConstraints=CA:FALSE\n`);
  const asked = execFileSync('openssl', ['x509', '-x509toreq', '-in', own.certificatePath, '-signkey', own.keyPath]);
  const issuer = ['-CA', authority.certificatePath, '-CAkey', authority.keyPath, '-CAcreateserial'];
  const output = ['-out', certificatePath, '-days', '9', '-extfile', extensions];
  execFileSync('openssl', ['x509', '-req', ...issuer, ...output], {
    input: asked,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  return { certificatePath, keyPath: own.keyPath };
}

/** A leader by HTTPS alone. */
async function secureLeader(t: Test, { certificatePath, keyPath }: PemFiles): Promise<string> {
  const server = createServer(
    { key: readFileSync(keyPath), cert: readFileSync(certificatePath) },
    (incoming, response) => {
      const { authorized = false } = incoming.socket as { authorized?: boolean };
      let body = '';
      incoming.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      incoming.on('end', () => response.end(`${incoming.url} ${body} ${authorized}`));
    },
  );
  return `127.0.0.1:${await listenOnFreePort(t, server)}`;
}

/** An answer of a scheduler whose certificate is not verified. */
async function ask(port: number, path: string, body?: string): Promise<readonly [status: number, text: string]> {
  const method = body === undefined ? 'GET' : 'POST';
  const sent = request({ host: '127.0.0.1', port, path, method, rejectUnauthorized: false, agent: false }).end(body);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += String(chunk);
  return [response.statusCode ?? 0, text];
}

const proxy: LeaderProxyOptions = {
  connectTimeoutMs: 5_000,
  readTimeoutMs: 10_000,
  ignoreHostname: false,
  maxOpenConnections: 64,
};

/** What a standby with the certificate `tls` gets from a leader. */
async function through(
  t: Test,
  leader: string,
  tls: TlsSource,
  changes: Partial<LeaderProxyOptions> = {},
): Promise<readonly [status: number, text: string]> {
  const standby = await serveStandby(t, leader, { httpDisabled: true, tls, leaderProxy: { ...proxy, ...changes } });
  return ask(standby.port, '/v2/apps?x=%2F', 'hello');
}

const passed = [200, '/v2/apps?x=%2F hello false'];
const refused = /"Failed to successfully establish a connection to the leader\."/;

t.test('which leaders are trusted', async (t) => {
  const dir = t.testdir();
  const authority = await makePem(dir, 'authority');
  const named = await signedBy(dir, authority, 'named', 'IP:127.0.0.1');
  const other = await signedBy(dir, authority, 'other', 'DNS:other.example');
  const stranger = await makePem(dir, 'stranger');
  const chain = { certificatePath: join(dir, 'chain.pem'), keyPath: other.keyPath };
  writeFileSync(
    chain.certificatePath,
    readFileSync(other.certificatePath, 'utf8') + readFileSync(authority.certificatePath, 'utf8'),
  );
  const pem = (files: PemFiles): TlsSource => ({ type: 'pem', ...files });

  t.same(await through(t, await secureLeader(t, stranger), pem(stranger)), passed, 'one keystore for all schedulers');
  t.same(await through(t, await secureLeader(t, named), pem(chain)), passed, 'the authority of the own certificate');
  const unknown = await through(t, await secureLeader(t, stranger), pem(chain));
  t.equal(unknown[0], 502);
  t.match(unknown[1], refused);
  t.match(unknown[1], /self-signed certificate/);

  const foreign = await signedBy(dir, authority, 'foreign', 'DNS:foreign.example');
  const leader = await secureLeader(t, foreign);
  const misnamed = await through(t, leader, pem(chain));
  t.equal(misnamed[0], 502);
  t.match(misnamed[1], /IP: 127\.0\.0\.1 is not in the cert's list/);
  t.same(await through(t, leader, pem(chain), { ignoreHostname: true }), passed, 'the chain is right, so is any name');
  const untrusted = await through(t, await secureLeader(t, stranger), pem(chain), { ignoreHostname: true });
  t.equal(untrusted[0], 502, 'but the chain has to be right');

  const p12 = await makePkcs12(dir, 'chain', other, ['-certfile', authority.certificatePath]);
  const keystore = { type: 'keystore', path: p12, password: storePassword } as const;
  t.same(await through(t, await secureLeader(t, other), keystore), passed, 'PKCS12: its own certificate');
  t.same(await through(t, await secureLeader(t, named), keystore), passed, 'PKCS12: an authority in it');
  t.equal((await through(t, await secureLeader(t, stranger), keystore))[0], 502);
});

t.test('a JKS keystore', { skip: withoutKeytool }, async (t) => {
  const dir = t.testdir();
  const path = await makeJks(dir, 'shared');
  const tls = { type: 'keystore', path, password: storePassword } as const;
  const first = await serveStandby(t, undefined, { httpDisabled: true, tls });
  const second = await serveStandby(t, first.address, { httpDisabled: true, tls });
  t.match(await ask(second.port, '/'), [502, /Could not determine the current leader/], 'it has asked the first one');
});

t.test('two schedulers in a row, a loop, redirects: all by HTTPS', async (t) => {
  const files = await makePem(t.testdir(), 'shared.example');
  const settings = { httpDisabled: true, tls: { type: 'pem', ...files } } as const;
  const leader = await secureLeader(t, files);
  const near = await serveStandby(t, leader, settings);
  const far = await serveStandby(t, near.address, settings);
  for (let count = 0; count < 3; count++) t.same(await ask(far.port, '/ping'), [200, '/ping  false']);
  near.elect(far.address);
  t.same(await ask(far.port, '/ping'), [502, '{"message":"Detected proxying loop."}']);
  const sent = request({
    host: '127.0.0.1',
    port: far.port,
    path: '/v2/events',
    rejectUnauthorized: false,
    agent: false,
  }).end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  t.equal(response.headers.location, `https://${near.address}/v2/events`);
  t.equal(response.headers['x-marathon-leader'], `https://${near.address}`);
  response.resume();
  const tunnel = request({
    host: '127.0.0.1',
    port: far.port,
    method: 'CONNECT',
    path: 'evil.example:443',
    rejectUnauthorized: false,
    agent: false,
  }).end();
  const [refusal] = (await once(tunnel, 'connect')) as [IncomingMessage];
  t.equal(refusal.statusCode, 405);
});

t.test('a handshake that nobody answers is a connection that is not made', async (t) => {
  const files = await makePem(t.testdir(), 'own.example');
  const leader = `127.0.0.1:${await listenOnFreePort(t, createTcpServer())}`;
  const tls = { type: 'pem', ...files } as const;
  const answer = await through(t, leader, tls, { connectTimeoutMs: 200 });
  t.same(answer, [
    504,
    JSON.stringify({
      message: 'Connection to leader timed out.',
      details: `${leader} could not be connected to within 200 ms`,
    }),
  ]);
});

t.test('a renewed certificate is trusted without a restart', async (t) => {
  const dir = t.testdir();
  const first = await makePem(dir, 'first.example');
  const second = await makePem(dir, 'second.example');
  const own = { certificatePath: join(dir, 'own.crt'), keyPath: join(dir, 'own.key') };
  const use = ({ certificatePath, keyPath }: PemFiles): void => {
    copyFileSync(certificatePath, own.certificatePath);
    copyFileSync(keyPath, own.keyPath);
  };
  use(first);
  const standby = await serveStandby(t, await secureLeader(t, first), {
    httpDisabled: true,
    tls: { type: 'pem', ...own },
  });
  t.equal((await ask(standby.port, '/'))[0], 200);
  standby.elect(await secureLeader(t, second));
  t.equal((await ask(standby.port, '/'))[0], 502);
  // The watcher may need a moment before it sees changes: they are repeated until one is seen.
  await waitFor('the new certificate', async () => {
    use(second);
    return (await ask(standby.port, '/'))[0] === 200;
  });
});
