import t from 'tap';
import type { Test } from 'tap';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { messageOf } from '../../src/common/errors.js';
import { createHttpClient } from '../../src/common/http-client.js';
import { trusting } from '../../src/common/tls-trust.js';
import { makePem } from '../support/certificates.js';
import type { PemFiles } from '../support/certificates.js';
import { listenOnFreePort } from '../support/listen.js';

/** A certificate for `subject` that the authority vouches for. */
async function signedBy(directory: string, authority: PemFiles, name: string, subject: string): Promise<PemFiles> {
  const own = await makePem(directory, name);
  const extensions = join(directory, `${name}.ext`);
  const certificatePath = join(directory, `${name}.signed`);
  writeFileSync(extensions, `subjectAltName=${subject}\nbasicConstraints=CA:FALSE\n`);
  const request = execFileSync('openssl', ['x509', '-x509toreq', '-in', own.certificatePath, '-signkey', own.keyPath]);
  const issuer = ['-CA', authority.certificatePath, '-CAkey', authority.keyPath, '-CAcreateserial'];
  const output = ['-out', certificatePath, '-days', '9', '-extfile', extensions];
  execFileSync('openssl', ['x509', '-req', ...issuer, ...output], {
    input: request,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  return { certificatePath, keyPath: own.keyPath };
}

/** What comes of a request to a server with this certificate, by a client with this trust. */
async function ask(t: Test, files: PemFiles, trust: string | undefined): Promise<string> {
  const server = createServer(
    { key: readFileSync(files.keyPath), cert: readFileSync(files.certificatePath) },
    (_request, response) => response.end('hello'),
  );
  const port = await listenOnFreePort(t, server);
  const client = createHttpClient({ timeoutMs: 10_000, trust });
  try {
    return (await client.request({ method: 'GET', url: `https://127.0.0.1:${port}/` })).body;
  } catch (error) {
    return messageOf(error);
  } finally {
    await client.close();
  }
}

t.test('whom to trust', async (t) => {
  const directory = t.testdir();
  const authority = await makePem(directory, 'authority');
  const own = await makePem(directory, 'self.example');
  const named = await signedBy(directory, authority, 'named', 'IP:127.0.0.1');
  const other = await signedBy(directory, authority, 'other', 'DNS:other.example');
  const pem = ({ certificatePath }: PemFiles): string => readFileSync(certificatePath, 'utf8');

  t.match(await ask(t, own, undefined), /self-signed/, 'nobody vouches for it');
  t.equal(await ask(t, own, pem(own)), 'hello', 'itself, under any name');
  t.match(await ask(t, named, pem(own)), /unable to (?:verify|get)/, 'another certificate');
  t.equal(await ask(t, named, pem(authority)), 'hello', 'its authority, and the name is right');
  t.match(await ask(t, other, pem(authority)), /IP: 127\.0\.0\.1 is not in the cert's list/, 'the name is wrong');
  t.equal(await ask(t, other, pem(other)), 'hello', 'itself, without its authority');
  t.equal(await ask(t, named, `${pem(own)}# text between\n${pem(authority)}`), 'hello', 'several');
});

t.test('what holds no certificate is refused', async (t) => {
  t.throws(() => trusting('hello'), /holds no certificate in PEM form/);
  t.throws(() => trusting('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'));
});
