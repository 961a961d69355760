import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, createServer } from 'node:tls';
import t from 'tap';
import type { Test } from 'tap';
import { StartupError } from '../../src/common/errors.js';
import { filesOf, loadTls } from '../../src/http/tls.js';
import type { TlsSource } from '../../src/http/tls.js';
import {
  encryptKey,
  makeJks,
  makePem,
  makePkcs12,
  makeTrustStore,
  storePassword,
  withoutKeytool,
} from '../support/certificates.js';
import { listenOnFreePort } from '../support/listen.js';

const dayMs = 86_400_000;

function keystore(path: string, password = storePassword): TlsSource {
  return { type: 'keystore', path, password };
}

/** The common name that a server shows which is made with this source. */
async function shownName(t: Test, source: TlsSource): Promise<string> {
  const { material } = await loadTls(source, Date.now());
  const server = createServer({ ...material });
  const port = await listenOnFreePort(t, server);
  const client = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
  await once(client, 'secureConnect');
  const { CN } = client.getPeerCertificate().subject;
  client.destroy();
  return String(CN);
}

/** Why a source cannot be used: one line. */
async function refusal(t: Test, source: TlsSource): Promise<string> {
  try {
    await loadTls(source, Date.now());
  } catch (error) {
    t.type(error, StartupError);
    const { message } = error as StartupError;
    t.notMatch(message, /\n/, 'one line');
    return message;
  }
  return 'was accepted';
}

t.test('PEM files', async (t) => {
  const dir = t.testdir({ 'text.pem': 'Hello', folder: {} });
  const pem = await makePem(dir, 'pem.example');
  const other = await makePem(dir, 'other.example');
  const source: TlsSource = { type: 'pem', ...pem };
  t.equal(await shownName(t, source), 'pem.example');
  t.same(filesOf(source), [pem.certificatePath, pem.keyPath]);

  const both = join(dir, 'both.pem');
  writeFileSync(both, readFileSync(pem.keyPath, 'utf8') + readFileSync(pem.certificatePath, 'utf8'));
  const combined: TlsSource = { type: 'pem', certificatePath: both, keyPath: both };
  t.equal(await shownName(t, combined), 'pem.example', 'both in one file');
  t.same(filesOf(combined), [both]);

  const text = join(dir, 'text.pem');
  t.match(
    await refusal(t, { ...source, certificatePath: text }),
    /^--ssl_certificate_path: .*text\.pem holds no certificate/,
  );
  t.match(await refusal(t, { ...source, keyPath: text }), /^--ssl_key_path: .*text\.pem holds no private key/);
  t.match(await refusal(t, { ...source, keyPath: join(dir, 'none') }), /^--ssl_key_path: there is no file .*none$/);
  t.match(await refusal(t, { ...source, keyPath: join(text, 'below') }), /^--ssl_key_path: there is no file/);
  t.match(await refusal(t, { ...source, keyPath: join(dir, 'folder') }), /folder is not a file$/);
  t.match(
    await refusal(t, { ...source, keyPath: other.keyPath }),
    /^--ssl_certificate_path: the key and certificate cannot be used: .*mismatch/,
  );
  t.match(await refusal(t, { ...source, keyPath: await encryptKey(dir, pem) }), /^--ssl_key_path: .* is encrypted/);
});

t.test('a certificate whose time is over, or has not come, is a warning', async (t) => {
  const dir = t.testdir();
  const pem = await makePem(dir, 'time.example');
  const source: TlsSource = { type: 'pem', ...pem };
  t.same((await loadTls(source, Date.now())).warnings, []);
  t.match((await loadTls(source, Date.now() + 31 * dayMs)).warnings, [
    /time\.example\.crt has expired: it was valid until /,
  ]);
  t.match((await loadTls(source, Date.now() - dayMs)).warnings, [/time\.example\.crt is not valid yet: only from /]);
  const p12 = keystore(await makePkcs12(dir, 'time.example', pem));
  t.match((await loadTls(p12, Date.now() + 31 * dayMs)).warnings, [/time\.example\.p12 has expired/]);
});

t.test('PKCS12 keystores', async (t) => {
  const dir = t.testdir({ 'text.p12': 'Hello', empty: '', 'cut.p12': Buffer.from('3082', 'hex') });
  const pem = await makePem(dir, 'p12.example', 'RSA');
  const path = await makePkcs12(dir, 'p12.example', pem);
  t.equal(await shownName(t, keystore(path)), 'p12.example');
  t.match(
    await refusal(t, keystore(path, 'wrong')),
    /^--ssl_keystore_password: the password does not open .*p12\.example\.p12$/,
  );
  t.match(await refusal(t, keystore(path, '')), /^--ssl_keystore_password: /);
  t.match(await refusal(t, keystore(join(dir, 'none'))), /^--ssl_keystore_path: there is no file /);
  for (const file of ['text.p12', 'empty']) {
    t.match(
      await refusal(t, keystore(join(dir, file))),
      /^--ssl_keystore_path: .* is neither a JKS nor a PKCS12 keystore$/,
    );
  }
  t.match(await refusal(t, keystore(join(dir, 'cut.p12'))), /^--ssl_keystore_path: .* is damaged: /);
  const withoutKey = await makePkcs12(dir, 'nokey.example', pem, ['-nokeys']);
  t.match(await refusal(t, keystore(withoutKey)), /^--ssl_keystore_path: .*nokey\.example\.p12 holds no private key/);
  const large = join(dir, 'large.p12');
  writeFileSync(large, Buffer.alloc((1 << 20) + 1, 0x30));
  t.match(await refusal(t, keystore(large)), /has 1048577 bytes, more than any keystore/);
});

t.test('PKCS12 keystores with the ciphers of old times', async (t) => {
  const dir = t.testdir();
  const pem = await makePem(dir, 'old.example', 'RSA');
  const named = await makePkcs12(dir, 'old.example', pem, ['-legacy', '-name', 'marathon']);
  t.equal(await shownName(t, keystore(named)), 'old.example');
  t.match(await refusal(t, keystore(named, 'wrong')), /^--ssl_keystore_password: /);
  const nameless = await makePkcs12(dir, 'nameless.example', pem, ['-legacy']);
  t.match(await refusal(t, keystore(nameless)), /^--ssl_keystore_path: .* no longer supported .* write it anew/);
});

t.test('JKS keystores', { skip: withoutKeytool }, async (t) => {
  const dir = t.testdir({ 'cut.jks': Buffer.from('feedfeed00000002000000ff', 'hex') });
  const path = await makeJks(dir, 'jks.example');
  t.equal(await shownName(t, keystore(path)), 'jks.example');
  t.match(await refusal(t, keystore(path, 'wrong')), /^--ssl_keystore_password: the password does not open /);
  t.match(await refusal(t, keystore(path, '')), /^--ssl_keystore_password: /);
  t.match(await refusal(t, keystore(join(dir, 'cut.jks'))), /^--ssl_keystore_path: .* is damaged: /);

  const elliptic = await makeJks(dir, 'ec.example', { algorithm: 'EC' });
  t.equal(await shownName(t, keystore(elliptic)), 'ec.example');

  const separate = await makeJks(dir, 'separate.example', { keyPassword: 'another' });
  t.match(
    await refusal(t, keystore(separate)),
    /^--ssl_keystore_password: the private key in .* has a password of its own/,
  );

  await makeJks(dir, 'second.example', { alias: 'second', file: 'jks.example.jks' });
  const { warnings } = await loadTls(keystore(path), Date.now());
  t.match(warnings, [/jks\.example\.jks holds 2 private keys: the first, "\w+", is served with/]);

  const jceks = await makeJks(dir, 'jceks.example', { type: 'JCEKS' });
  t.match(
    await refusal(t, keystore(jceks)),
    /^--ssl_keystore_path: .* is a JCEKS keystore; JKS and PKCS12 can be read/,
  );

  const trust = await makeTrustStore(dir, await makePem(dir, 'ca.example'));
  t.match(await refusal(t, keystore(trust)), /^--ssl_keystore_path: .*trust\.jks holds no private key/);
});
