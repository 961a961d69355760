import { generateKeyPairSync, verify } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import t from 'tap';
import { StartupError } from '../../../src/common/errors.js';
import { silentLogger } from '../../../src/common/logger.js';
import { decodeConfig } from '../../../src/dns/config/decode-config.js';
import { readIamIdentity } from '../../../src/dns/config/iam.js';
import { masterOptionsOf } from '../../../src/dns/config/master-options.js';
import { validateConfig } from '../../../src/dns/config/validate-config.js';
import { openMasterAccess } from '../../../src/mesos/master-access.js';
import { listenOnFreePort } from '../../support/listen.js';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

t.test('each request to a master goes with a token of the login service', async (t) => {
  const logins: { uid: string; token: string }[] = [];
  let answer: { status: number; body: string } = { status: 200, body: '{"token":"t-1"}' };
  const login = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      logins.push(JSON.parse(body) as { uid: string; token: string });
      response.writeHead(answer.status).end(answer.body);
    });
  });
  const authorizations: (string | undefined)[] = [];
  const master = createServer((request, response) => {
    authorizations.push(request.headers.authorization);
    response.end('{}');
  });
  const loginEndpoint = `http://127.0.0.1:${await listenOnFreePort(t, login)}/acs/api/v1/auth/login`;
  const authority = `127.0.0.1:${await listenOnFreePort(t, master)}`;
  const file = join(t.testdir(), 'iam.json');
  writeFileSync(file, JSON.stringify({ uid: 'mesos-dns', private_key: pem, login_endpoint: loginEndpoint }));
  const json = JSON.stringify({
    masters: [authority],
    mesosAuthentication: 'iam',
    iamConfigFile: file,
    externalOn: false,
  });
  const config = validateConfig(decodeConfig(json), { localResolvers: () => [], nowSeconds: 1 });
  const access = await openMasterAccess(authority, masterOptionsOf(config), {
    logger: silentLogger,
    random: Math.random,
  });
  t.teardown(() => access.close());
  const ask = async (): Promise<number> =>
    (await access.http.request({ method: 'GET', url: `http://${authority}/master/state` })).status;

  t.equal(await ask(), 200);
  t.strictSame(authorizations, ['token=t-1']);
  const [{ uid, token } = { uid: '', token: '' }] = logins;
  t.equal(uid, 'mesos-dns');
  const [head = '', claims = '', signature = ''] = token.split('.');
  t.same(JSON.parse(Buffer.from(head, 'base64url').toString()), { alg: 'RS256', typ: 'JWT' });
  const { exp, ...rest } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as { exp: number };
  t.same(rest, { uid: 'mesos-dns' });
  t.ok(Math.abs(exp - Date.now() / 1000 - 3_600) < 60, 'for an hour');
  const signed = Buffer.from(`${head}.${claims}`);
  t.ok(verify('sha256', signed, publicKey, Buffer.from(signature, 'base64url')));

  answer = { status: 200, body: '{"token":"t-2"}' };
  await ask();
  t.equal(authorizations[1], 'token=t-2', 'a new one each time');
  for (const refusal of [
    { status: 401, body: '{"token":"no"}' },
    { status: 200, body: '<html>' },
    { status: 200, body: '{"token":"a\\r\\nb: c"}' },
    { status: 200, body: '{}' },
  ]) {
    answer = refusal;
    await t.rejects(ask(), /login gives "mesos-dns" no token: HTTP (401|200)$/);
  }
  t.equal(authorizations.length, 2, 'and no master is asked without');
});

t.test('files that cannot be used', async (t) => {
  const directory = t.testdir();
  const file = join(directory, 'iam.json');
  const good = { uid: 'me', private_key: pem, login_endpoint: 'https://login' };
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' });
  for (const [content, message] of [
    ['{"private_key":"SECRET', /it is no JSON$/],
    ['7', /it holds no object$/],
    [JSON.stringify({ ...good, uid: 3 }), /uid is to be a text$/],
    [JSON.stringify({ ...good, private_key: 'SECRET' }), /private_key is no private key in PEM$/],
    [JSON.stringify({ ...good, private_key: ec }), /private_key is no RSA key$/],
    [JSON.stringify({ ...good, login_endpoint: 'login' }), /login_endpoint is to be an address/],
  ] as const) {
    writeFileSync(file, content);
    t.throws(() => readIamIdentity(file), message);
    t.throws(() => readIamIdentity(file), StartupError);
  }
  t.throws(() => readIamIdentity(join(directory, 'none')), /cannot be read: ENOENT/);
});
