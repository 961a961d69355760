import t from 'tap';
import fc from 'fast-check';
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request as send } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mapText } from '../../../src/lb/apply/map-files.js';
import { compile } from '../../../src/lb/compile/compile.js';
import { readHeaders } from '../../../src/lb/explain/asked-request.js';
import { decide } from '../../../src/lb/explain/explain.js';
import type { ExplainParts } from '../../../src/lb/explain/explain.js';
import { finishText } from '../../../src/lb/render/configuration-text.js';
import { createRenderer } from '../../../src/lb/render/renderer.js';
import { templateModel } from '../../../src/lb/render/template-model.js';
import { catalogOf, compileInput } from '../../support/compile-input.js';
import { catalogApp, catalogInstance } from '../../support/fake-catalog.js';
import { withoutHaproxy } from '../../support/haproxy.js';
import { freePort } from '../../support/ports.js';
import { proxySettings } from '../../support/proxy-settings.js';
import { waitFor } from '../../support/wait.js';

const host = fc.constantFrom('a.example.com', 'b.example.com', 'x.a.example.com', 'example.com', 'other.org');
const path = fc
  .array(fc.constantFrom('a', 'A', 'ab', 'b', 'v1'), { minLength: 1, maxLength: 3 })
  .map((parts) => `/${parts.join('/')}`);

const labels = fc.record({
  HAPROXY_0_VHOST: fc
    .array(
      fc.oneof(
        host,
        host.map((name) => `*.${name}`),
      ),
      { minLength: 1, maxLength: 2 },
    )
    .map((names) => names.join(',')),
  HAPROXY_0_PATH: fc.option(path, { nil: '' }),
  HAPROXY_0_BACKEND_WEIGHT: fc.constantFrom('0', '0', '3'),
});
const acl = fc.oneof(
  fc
    .tuple(fc.constantFrom('path_beg', 'path_beg -i', 'path', 'path_dir'), path)
    .map(([test, text]) => `${test} ${text}`),
  host.map((name) => `hdr(host) -i ${name}`),
  fc.constantFrom(
    'hdr_end(host) -i .example.com',
    'hdr_dom(host) -i example',
    'hdr_reg(host) ^[ab]\\.',
    'hdr(x-version) 2',
    'method POST',
    'url_param(debug) -m found',
    'path_reg ^/v[0-9]+',
    'cook(beta) -m found',
  ),
);
const rule = fc.record({ acl, priority: fc.constantFrom('0', '0', '0', '5', '-1') });

const request = fc.record({
  host: fc.oneof(
    { weight: 4, arbitrary: host },
    host.map((name) => `${name.toUpperCase()}:8080`),
    host.map((name) => `z.${name}.`),
  ),
  path: fc.oneof(
    { weight: 3, arbitrary: path },
    path.map((text) => `${text}/more`),
    path.map((text) => `${text}x`),
    fc.constantFrom('/', '/?debug=1', '/v12'),
  ),
  method: fc.constantFrom('GET', 'GET', 'POST'),
  headers: fc.constantFrom<readonly string[]>([], [], ['X-Version: 2'], ['Cookie: beta=1']),
});

interface Call {
  readonly host: string;
  readonly path: string;
  readonly method: string;
  readonly headers: readonly string[];
}

/** The backend that HAProxy sends a request to; undefined when to none. */
function backendOf(port: number, asked: Call): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const headers = Object.fromEntries(asked.headers.map((line) => line.split(': ') as [string, string]));
    const call = send(
      {
        host: '127.0.0.1',
        port,
        method: asked.method,
        path: asked.path,
        agent: false,
        headers: { ...headers, host: asked.host },
      },
      (response) => {
        response.resume();
        const name = response.headers['x-backend'];
        resolve(typeof name === 'string' ? name : undefined);
      },
    );
    call.on('error', reject);
    call.end();
  });
}

t.test('the explanation names the backend that HAProxy sends the request to', { skip: withoutHaproxy() }, async (t) => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  t.comment(`seed ${seed}`);
  // The path of a socket may not be long
  const directory = mkdtempSync(join(tmpdir(), 'ekiden-'));
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  const [httpPort, statsPort] = [await freePort(), await freePort()];
  const settings = proxySettings({
    bindAddress: '127.0.0.1',
    httpPort,
    httpsPort: 0,
    statsPort,
    reservedPorts: [],
    statsSocket: join(directory, 'h.sock'),
    mapsDirectory: join(directory, 'maps'),
    serverStateFile: join(directory, 'servers'),
  });
  const labelled = fc.sample(labels, { seed, numRuns: 25 });
  const ruled = fc.sample(rule, { seed: seed + 1, numRuns: 25 });
  const apps = [
    ...labelled.map((own, i) => catalogApp(`/l${i}`, 0, { labels: own, version: `2026-01-01T00:00:${10 + i}.000Z` })),
    ...ruled.map((_one, i) => catalogApp(`/r${i}`, 0)),
  ];
  const rules = ruled.map(({ acl: text, priority }, i) => ({
    id: `/r${i}`,
    acl: text,
    config: { Acl: text, Priority: priority },
  }));
  const catalog = catalogOf(
    apps,
    apps.map(({ id }, i) => catalogInstance(id, `${id}.task`, [31_000 + i])),
  );
  const routing = compile(compileInput({ catalog, rules, settings }));
  t.ok(routing.routes.length > 30, `${routing.routes.length} routes`);

  const renderer = createRenderer();
  t.teardown(() => renderer.close());
  const template = readFileSync(join(process.cwd(), 'templates', 'haproxy.cfg.hbs'), 'utf8');
  const model = templateModel(routing.model, { hasPrometheus: false, certificateList: null });
  const { text, maps } = finishText(await renderer.render(template, model), settings.statsSocket, {
    maps: routing.maps,
  });
  mkdirSync(settings.mapsDirectory);
  for (const map of maps) writeFileSync(map.path, mapText(map.entries));
  const file = join(directory, 'haproxy.cfg');
  const answering = text.replace(/^backend (\S+)$/gm, 'backend $1\n  http-request return status 200 hdr X-Backend $1');
  writeFileSync(file, answering);
  execFileSync('haproxy', ['-c', '-f', file], { stdio: 'pipe' });
  const haproxy = spawn('haproxy', ['-db', '-f', file], { stdio: 'ignore' });
  t.teardown(() => haproxy.kill('SIGKILL'));
  await waitFor('HAProxy', () =>
    backendOf(httpPort, { host: 'a', path: '/', method: 'GET', headers: [] }).then(
      () => true,
      () => false,
    ),
  );

  const parts: ExplainParts = { routing, settings, catalog, rules: new Map(), reports: [] };
  const found = new Set<string | undefined>();
  for (const asked of fc.sample(request, { seed: seed + 2, numRuns: 250 })) {
    const [bare = '', query = null] = asked.path.split('?');
    const decision = decide(parts, {
      host: asked.host,
      path: bare,
      query,
      method: asked.method,
      headers: readHeaders(asked.headers),
      port: httpPort,
      isSecure: false,
      sni: null,
      source: null,
    });
    const told = decision.backend?.name;
    const really = await backendOf(httpPort, asked);
    found.add(really);
    if (told !== really) t.fail(`we say ${told}, HAProxy ${really}`, { asked, routes: decision.routes, seed });
  }
  t.ok(found.size > 2, `${found.size} backends got requests`);
});
