import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { createServer } from 'node:https';
import { join } from 'node:path';
import type { Test } from 'tap';
import t from 'tap';
import { StartupError, UsageError } from '../../src/common/errors.js';
import { openMasterAccess } from '../../src/mesos/master-access.js';
import type { MasterAccess, MasterOptions } from '../../src/mesos/master-access.js';
import { requestMaster } from '../../src/mesos/master-request.js';
import { encodeRecord } from '../../src/mesos/recordio.js';
import { openRecordStream } from '../../src/mesos/record-stream.js';
import { makeAuthority } from '../support/certificate-authority.js';
import type { Authority } from '../support/certificate-authority.js';
import { listenOnFreePort } from '../support/listen.js';
import { memoryLogger } from '../support/memory-logger.js';

const none: MasterOptions = { credentials: undefined, secretFile: undefined, tls: false, caFile: undefined };
const skip = spawnSync('openssl', ['version']).status === 0 ? false : 'openssl is not installed';

async function open(t: Test, master: string, options: Partial<MasterOptions>): Promise<MasterAccess> {
  const { logger } = memoryLogger();
  const access = await openMasterAccess(master, { ...none, ...options }, { logger, random: Math.random });
  t.teardown(() => access.close());
  return access;
}

interface TlsMaster {
  readonly authority: string;
  readonly headers: IncomingHttpHeaders[];
}

/** A master that wants `Basic` credentials over TLS: the operator's questions, and a subscription. */
async function startTlsMaster(t: Test, authority: Authority, credentials: string): Promise<TlsMaster> {
  const { certificatePath, keyPath } = await authority.sign('127.0.0.1');
  const headers: IncomingHttpHeaders[] = [];
  const server = createServer(
    { cert: readFileSync(certificatePath), key: readFileSync(keyPath) },
    (request, response) => {
      headers.push(request.headers);
      request.resume().on('end', () => {
        if (request.headers.authorization !== `Basic ${Buffer.from(credentials).toString('base64')}`) {
          response
            .writeHead(401, { 'www-authenticate': 'Basic realm="mesos-master-readwrite"' })
            .end('401 Unauthorized.');
        } else if (request.url === '/api/v1/scheduler') {
          response.writeHead(200, { 'mesos-stream-id': 's' }).end(encodeRecord({ type: 'HEARTBEAT' }));
        } else response.end('{"type":"GET_HEALTH"}');
      });
    },
  );
  return { authority: `127.0.0.1:${await listenOnFreePort(t, server)}`, headers };
}

t.test('over TLS with an authority of its own and credentials', { skip }, async (t) => {
  const directory = t.testdir({ secret: 'sesam:öffne\n', 'windows-secret': 'sesam:öffne\r\n' });
  const authority = await makeAuthority(directory, 'masters');
  const master = await startTlsMaster(t, authority, 'marathon:sesam:öffne');
  const right: MasterOptions = {
    credentials: { principal: 'marathon', secret: 'sesam:öffne' },
    secretFile: undefined,
    tls: true,
    caFile: authority.certificatePath,
  };
  const call = { type: 'GET_HEALTH' };
  const ask = (access: MasterAccess) => requestMaster(access, { authority: master.authority, path: '/api/v1', call });

  for (const secretFile of [undefined, join(directory, 'secret'), join(directory, 'windows-secret')]) {
    const credentials = secretFile === undefined ? right.credentials : { principal: 'marathon', secret: undefined };
    const access = await open(t, master.authority, { ...right, secretFile, credentials });
    t.equal(access.scheme, 'https');
    t.same(await ask(access), { authority: master.authority, body: { type: 'GET_HEALTH' } });
    const stream = await openRecordStream(access, {
      authority: master.authority,
      path: '/api/v1/scheduler',
      call: { type: 'SUBSCRIBE' },
      idleTimeoutMs: 5_000,
      signal: new AbortController().signal,
    });
    const events: unknown[] = [];
    for await (const event of stream.messages) events.push(event);
    t.same(events, [{ type: 'HEARTBEAT' }]);
    t.match(stream, { url: `https://${master.authority}/api/v1/scheduler`, streamId: 's' });
  }

  await t.rejects(ask(await open(t, master.authority, { ...right, caFile: undefined })), /certificate/, 'not trusted');
  const other = await makeAuthority(directory, 'others');
  await t.rejects(ask(await open(t, master.authority, { ...right, caFile: other.certificatePath })), /certificate/);
  await t.rejects(
    ask(await open(t, master.authority, { ...right, credentials: undefined })),
    /asks for credentials \(Basic realm="mesos-master-readwrite"\): give --mesos_authentication_principal/,
  );
  const wrong = { principal: 'marathon', secret: 'swordfish' };
  const refusal = await ask(await open(t, master.authority, { ...right, credentials: wrong })).then(
    () => '',
    (error: unknown) => String(error),
  );
  t.match(refusal, /does not know the principal "marathon" with the secret given .*HTTP 401/);
  t.notMatch(refusal, /swordfish|c3dvcmRmaXNo/, 'no secret in it, in no form');
  const plain = { ...right, tls: false };
  await t.rejects(ask(await open(t, master.authority, plain)), /./, 'TLS is not found out by itself');
});

t.test('a certificate for another name', { skip }, async (t) => {
  const authority = await makeAuthority(t.testdir(), 'masters');
  const master = await startTlsMaster(t, authority, 'a:b');
  const access = await open(t, master.authority, { tls: true, caFile: authority.certificatePath });
  const byName = master.authority.replace('127.0.0.1', 'localhost');
  await t.rejects(requestMaster(access, { authority: byName, path: '/api/v1' }), /altnames/);
});

t.test('a redirect away from TLS is not followed', { skip }, async (t) => {
  const authority = await makeAuthority(t.testdir(), 'masters');
  const { certificatePath, keyPath } = await authority.sign('127.0.0.1');
  const server = createServer({ cert: readFileSync(certificatePath), key: readFileSync(keyPath) }, (_, response) =>
    response.writeHead(307, { location: 'http://127.0.0.1:9/' }).end(),
  );
  const address = `127.0.0.1:${await listenOnFreePort(t, server)}`;
  const access = await open(t, address, { tls: true, caFile: authority.certificatePath });
  await t.rejects(requestMaster(access, { authority: address, path: '/api/v1' }), /away from TLS/);
});

t.test('files that cannot be used are named with their option', async (t) => {
  const directory = t.testdir({ empty: '\n', text: 'no certificate', directory: {} });
  const credentials = { principal: 'marathon', secret: undefined };
  const at = (name: string): string => join(directory, name);
  const refused = async (options: Partial<MasterOptions>, message: RegExp): Promise<void> => {
    await t.rejects(open(t, 'h:5050', options), { constructor: StartupError, message });
  };
  await refused(
    { credentials, secretFile: at('absent') },
    /^--mesos_authentication_secret_file: there is no file .*absent/,
  );
  await refused({ credentials, secretFile: at('directory') }, /^--mesos_authentication_secret_file: .* is not a file/);
  await refused({ credentials, secretFile: at('empty') }, /^--mesos_authentication_secret_file: .* is empty/);
  await refused({ tls: true, caFile: at('absent') }, /^--mesos_ca: there is no file/);
  await refused({ tls: true, caFile: at('text') }, /^--mesos_ca: .*text holds no certificate in PEM form/);
  writeFileSync(at('large'), Buffer.alloc((1 << 20) + 1));
  await refused({ tls: true, caFile: at('large') }, /^--mesos_ca: .*1048577 bytes, allowed are 1048576/);
  await t.rejects(open(t, 'h:5050', { credentials: { principal: 'a:b', secret: 'c' } }), UsageError);
  await t.rejects(open(t, 'zk://h/', {}), UsageError);
});

t.test('no password is in the name', async (t) => {
  const access = await open(t, 'zk://user:sesame@127.0.0.1:1/mesos', {});
  t.equal(access.name, 'zk://xxxxxxxx:xxxxxxxx@127.0.0.1:1/mesos');
});

t.test('a principal alone is no credentials', async (t) => {
  const access = await open(t, 'h:5050', { credentials: { principal: 'marathon', secret: undefined } });
  t.same(access.headers, {});
  t.match(access, { name: 'h:5050', scheme: 'http', source: { current: { masters: ['h:5050'] } } });
});
