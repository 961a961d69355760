// TLS from a keystore and one user for everything, as the manual has it: the API by curl, and the whole way from app to HAProxy.
import { join } from 'node:path';
import t from 'tap';
import { runCommand } from '../../../src/common/run-command.js';
import { makePem, makePkcs12, storePassword, withoutKeytool } from '../../support/certificates.js';
import { startBundle } from '../support/bundle.js';
import { converged } from '../support/converge.js';
import { echoCommand } from '../support/echo-app.js';
import { curl } from './support/curl.js';

t.setTimeout(300_000);

const credentials = 'cptPicard:topSecretPa$$word';
const password = 'topSecretPa$$word';

/** The manual's way: a key and a certificate by openssl, both into a PKCS12 store, and that into a JKS by keytool. */
async function makeKeystore(directory: string): Promise<string> {
  const pkcs12 = await makePkcs12(directory, 'marathon.example', await makePem(directory, 'marathon.example', 'RSA'));
  if (withoutKeytool !== false) return pkcs12;
  const path = join(directory, 'marathon.jks');
  const from = ['-srckeystore', pkcs12, '-srcstoretype', 'PKCS12', '-srcstorepass', storePassword];
  const to = ['-destkeystore', path, '-deststoretype', 'JKS', '-deststorepass', storePassword];
  const made = await runCommand('keytool', ['-importkeystore', '-noprompt', ...from, ...to], { timeoutMs: 60_000 });
  if (made.exitCode !== 0) throw new Error(`keytool: ${made.stdout}${made.stderr}`);
  return path;
}

t.test('a keystore and credentials', async (t) => {
  const keystore = await makeKeystore(t.testdir());
  const flags = [
    `--ssl_keystore_path=${keystore}`,
    `--ssl_keystore_password=${storePassword}`,
    '--http_credentials',
    credentials,
  ];

  await t.test('HTTP and HTTPS, by curl', async (t) => {
    const bundle = await startBundle(t, [...flags, '--http_realm=Enterprise'], { access: { tls: true, credentials } });
    const https = `https://127.0.0.1:${bundle.ports.https}`;
    const http = `http://127.0.0.1:${bundle.ports.http}`;

    await t.rejects(curl(`${https}/ping`), { message: /certificate/ }, 'nobody has signed the certificate');
    for (const path of ['/ping', '/v2/apps', '/v2/info', '/metrics', '/ui/', '/nowhere']) {
      for (const url of [`${https}${path}`, `${http}${path}`]) {
        const { status, headers } = await curl('-k', url);
        t.match({ status, headers }, { status: 401, headers: { 'www-authenticate': 'Basic realm="Enterprise"' } }, url);
      }
    }
    t.equal((await curl('-k', '-u', 'cptPicard:wrong', `${https}/v2/apps`)).status, 401, 'a wrong password');
    t.equal((await curl('-k', '-u', `${credentials}x`, `${https}/v2/apps`)).status, 401, 'a longer one');
    t.match(await curl('-k', '-u', credentials, `${https}/ping`), { status: 200, text: 'pong' });

    const app = JSON.stringify({ id: '/sleeper', cmd: 'sleep 1000', cpus: 0.01, mem: 8 });
    const posted = await curl(
      '-k',
      '-u',
      credentials,
      '-d',
      app,
      '-H',
      'Content-Type: application/json',
      `${https}/v2/apps`,
    );
    t.equal(posted.status, 201, posted.text);
    await bundle.waitForDeployments();
    t.match(JSON.parse((await curl('-u', credentials, `${http}/v2/apps/sleeper`)).text), { app: { tasksRunning: 1 } });

    for (const path of ['/v2/info', '/config']) {
      const { status, text } = await curl('-k', '-u', credentials, `${https}${path}`);
      t.equal(status, 200);
      t.notOk(
        [password, storePassword].some((secret) => text.includes(secret)),
        `no secret in ${path}`,
      );
    }
    const pids = Object.values(bundle.rolePids()).map(({ pid }) => pid);
    const roles = bundle.leftovers().filter(({ pid }) => pids.includes(pid));
    t.equal(roles.length, 4);
    t.same(
      roles.filter(({ commandLine }) => [password, storePassword].some((secret) => commandLine.includes(secret))),
      [],
      'what only the user has written on a command line is on no other',
    );
    t.notOk(
      [password, storePassword].some((secret) => bundle.log(10_000).includes(secret)),
      'no secret in the log',
    );
    t.equal(await bundle.stop(), 0);
    t.same(bundle.leftovers(), []);
  });

  await t.test('HTTPS alone: the app has its name, and HAProxy routes to it', async (t) => {
    const bundle = await startBundle(t, [...flags, '--disable_http'], { access: { tls: true, credentials } });
    const plain = curl(`http://127.0.0.1:${bundle.ports.http}/ping`);
    await t.rejects(plain, { message: /connect/ }, 'nobody listens on the port of HTTP');
    const app = {
      id: 'relay',
      cmd: echoCommand,
      cpus: 0.1,
      mem: 32,
      instances: 2,
      portDefinitions: [{ port: bundle.ports.serviceMin, protocol: 'tcp', name: 'http' }],
    };
    await bundle.postApp(app);
    await bundle.waitForDeployments();
    const relay = { id: 'relay', servicePort: bundle.ports.serviceMin };
    t.equal((await converged(bundle, { ...relay, instances: 2 })).length, 2);

    await bundle.kill('scheduler');
    await bundle.ready();
    t.equal((await bundle.api('PUT', '/v2/apps/relay', { instances: 3 })).status, 200);
    t.equal(
      (await converged(bundle, { ...relay, instances: 3 })).length,
      3,
      'lb finds its way to the new scheduler, too',
    );
    t.equal(await bundle.stop(), 0);
    t.same(bundle.leftovers(), []);
  });
});
