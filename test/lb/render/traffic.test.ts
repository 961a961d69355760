import t from 'tap';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { request } from 'node:https';
import { request as plainRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCertificates } from '../../../src/lb/certificates/certificates.js';
import { compileTemplate } from '../../../src/lb/render/template.js';
import { withoutHaproxy } from '../../support/haproxy.js';
import { memoryLogger } from '../../support/memory-logger.js';
import { freePort } from '../../support/ports.js';
import { aBackend, aListener, aModel, aServer, aTemplateModel } from '../../support/routing-models.js';
import { waitFor } from '../../support/wait.js';

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

function ask(port: number, path: string, headers: Record<string, string> = {}, isSecure = false): Promise<Answer> {
  const options = { host: '127.0.0.1', port, path, headers, agent: false, rejectUnauthorized: false, servername: '' };
  return new Promise((resolve, reject) => {
    const call = (isSecure ? request : plainRequest)(options, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (body += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
    });
    call.on('error', reject);
    call.end();
  });
}

t.test('what a service asks for is done, however it is reached', { skip: withoutHaproxy() }, async (t) => {
  const directory = t.testdir({ servers: '1\n', maps: {} });
  const service = createServer(({ url = '', headers }, response) => {
    const to = new URL(url, 'http://x').searchParams.get('to');
    response.writeHead(to === null ? 200 : 302, to === null ? {} : { location: to });
    response.end(JSON.stringify({ url, proto: headers['x-forwarded-proto'], for: headers['x-forwarded-for'] }));
  });
  service.listen(0, '127.0.0.1');
  await once(service, 'listening');
  t.teardown(() => service.close());
  const servers = [aServer((service.address() as AddressInfo).port)];
  const [httpPort, httpsPort, appIdPort, ownPort] = [
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
  ];

  const certificates = await openCertificates({
    paths: [],
    directory: join(directory, 'certs'),
    logger: memoryLogger().logger,
    onChange: () => undefined,
  });
  t.teardown(() => certificates.close());

  const [byHost, byPath, byId] = ['hostPath', 'path', 'appId'].map((name) => join(directory, 'maps', `${name}.map`));
  if (byHost === undefined || byPath === undefined || byId === undefined) throw new Error('no names');
  mkdirSync(join(directory, 'maps'), { recursive: true });
  const names = ['plain', 'secure', 'strip', 'auth', 'closed', 'home', 'wild'];
  writeFileSync(
    byHost,
    names.map((name) => `${name}.example.org/ ${name}\nplain.example.org/${name}/ ${name}\n`).join(''),
  );
  writeFileSync(byPath, '/everywhere/ plain\n');
  writeFileSync(byId, '/auth auth\n');
  const steps = [
    { kind: 'map', key: 'hostPath', file: byHost },
    { kind: 'map', key: 'path', file: byPath },
  ] as const;
  const shared = { steps, statsPath: '/haproxy_stats' };
  // The path of a socket has to be short.
  const socketDirectory = mkdtempSync(join(tmpdir(), 'lb-'));
  t.teardown(() => rmSync(socketDirectory, { recursive: true }));
  const statsSocket = join(socketDirectory, 's.sock');
  const https = {
    ...shared,
    bind: `127.0.0.1:${httpsPort}`,
    certificates: certificates.list,
    onlyNames: null,
  };
  const model = aTemplateModel({
    global: { ...aModel().global, statsSocket, serverStateFile: join(directory, 'servers') },
    stats: { bind: `127.0.0.1:${await freePort()}`, credentials: { user: 'admin', password: 'admin' } },
    http: { ...shared, bind: `127.0.0.1:${httpPort}` },
    https,
    appId: {
      bind: `127.0.0.1:${appIdPort}`,
      steps: [{ kind: 'map', key: 'appId', file: byId }],
      statsPath: null,
    },
    listeners: [aListener(ownPort, 'auth')],
    backends: [
      aBackend('plain', { servers }),
      aBackend('secure', { servers, redirectToHttps: true, hsts: true }),
      aBackend('strip', {
        servers,
        stripPrefix: '/strip',
        locationPrefix: '/strip',
        hosts: ['strip.example.org', '*.strip.example.org'],
      }),
      // The password is "pw".
      aBackend('auth', { servers, auth: { realm: 'A Realm', userlist: 'auth' } }),
      aBackend('closed', { servers, allowedNetworks: [['10.0.0.0/8'], ['::1']] }),
      aBackend('home', { servers, rootRedirect: '/my/100%25', cookie: 'SRV', allowedNetworks: [['127.0.0.0/8']] }),
      aBackend('wild', { servers, directives: ['http-response set-header X-Wild yes'] }),
    ],
    userlists: [
      {
        name: 'auth',
        user: 'u',
        passwordHash: '$5$saltsalt$0rl.MZtoLLPP3X0Rdl8riRnphIcAXJY27/aOAyK2hB5',
      },
    ],
  });
  const file = join(directory, 'haproxy.cfg');
  writeFileSync(file, compileTemplate(readFileSync('templates/haproxy.cfg.hbs', 'utf8'))(model));
  const haproxy = spawn('haproxy', ['-db', '-f', file], { stdio: 'ignore' });
  t.teardown(async () => {
    if (haproxy.exitCode !== null) return;
    haproxy.kill('SIGKILL');
    await once(haproxy, 'exit');
  });
  const of = (name: string, path = '/', more: Record<string, string> = {}): Promise<Answer> =>
    ask(httpPort, path, { host: `${name}.example.org`, ...more });
  await waitFor('HAProxy', async () => (await of('plain')).status === 200);

  for (const host of ['PLAIN.example.org', 'plain.example.org:80', 'plain.example.org.', 'plain.example.org.:8080']) {
    t.equal((await ask(httpPort, '/', { host })).status, 200, host);
  }
  t.equal((await ask(httpPort, '/', { host: 'other.example.org' })).status, 503);
  t.equal((await ask(httpPort, '/everywhere?x', { host: 'other.example.org' })).status, 200);
  t.equal((await ask(httpPort, '/everywherex', { host: 'other.example.org' })).status, 503, 'not within a segment');
  t.match(JSON.parse((await of('plain')).body), { proto: 'http', for: '127.0.0.1' });

  const redirect = await of('secure', '/a?b=1');
  t.match(redirect, { status: 301, headers: { location: `https://secure.example.org:${httpsPort}/a?b=1` } });
  const secure = await ask(httpsPort, '/a', { host: 'secure.example.org' }, true);
  t.match(secure, { status: 200, headers: { 'strict-transport-security': 'max-age=15768000' } });
  t.match(JSON.parse(secure.body), { proto: 'https' });
  t.equal((await of('plain')).headers['strict-transport-security'], undefined);

  for (const [path, url] of [
    ['/strip/a/b?c=1', '/a/b?c=1'],
    ['/strip', '/'],
    ['/strip/', '/'],
    ['/stripx', '/stripx'],
    ['/other', '/other'],
  ]) {
    t.match(JSON.parse((await of('strip', path)).body), { url });
  }
  for (const [to, location] of [
    ['/x', '/strip/x'],
    ['/strip/x', '/strip/x'],
    ['http://strip.example.org/x?y', '/strip/x?y'],
    ['https://A.strip.example.org:8443/x', '/strip/x'],
    ['https://elsewhere.example.net/x', 'https://elsewhere.example.net/x'],
    ['//elsewhere.example.net/x', '//elsewhere.example.net/x'],
  ] as const) {
    t.equal((await of('strip', `/?to=${encodeURIComponent(to)}`)).headers.location, location, to);
  }

  t.match(await of('auth'), { status: 401, headers: { 'www-authenticate': 'Basic realm="A Realm"' } });
  t.equal((await ask(ownPort, '/')).status, 401, 'by its own port as well');
  t.equal((await ask(appIdPort, '/', { 'x-marathon-app-id': '/AUTH' })).status, 401, 'and by its id');
  t.equal((await of('closed')).status, 403);
  t.match(await of('home'), { status: 301, headers: { location: '/my/100%25' } });
  const basic = (text: string): Record<string, string> => ({
    authorization: `Basic ${Buffer.from(text).toString('base64')}`,
  });
  t.equal((await of('auth', '/', basic('u:pw'))).status, 200);
  t.equal((await of('auth', '/', basic('u:no'))).status, 401);
  t.match((await of('home', '/x')).headers['set-cookie'], [/^SRV=[0-9a-f]{16}; path=\/$/]);
  t.equal((await of('wild')).headers['x-wild'], 'yes');
  t.match(await of('plain', '/haproxy_stats'), {
    status: 401,
    headers: { 'www-authenticate': 'Basic realm="HAProxy Statistics"' },
  });
});
