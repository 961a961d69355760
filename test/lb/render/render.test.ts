import t from 'tap';
import fc from 'fast-check';
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Catalog } from '../../../src/catalog/catalog.js';
import type { CatalogApp, CatalogInstance } from '../../../src/catalog/types.js';
import { compile } from '../../../src/lb/compile/compile.js';
import { finishText, generationOf } from '../../../src/lb/render/configuration-text.js';
import { templateModel } from '../../../src/lb/render/template-model.js';
import type { TemplateModel } from '../../../src/lb/render/template-model.js';
import { compileTemplate } from '../../../src/lb/render/template.js';
import type { Rule } from '../../../src/lb/rules/rule.js';
import { proxySettings } from '../../support/proxy-settings.js';
import { catalogApp, catalogInstance } from '../../support/fake-catalog.js';
import { withoutHaproxy } from '../../support/haproxy.js';
import { sharedPath } from '../../support/shared.js';

const shipped = readFileSync('templates/haproxy.cfg.hbs', 'utf8');
const statsSocket = "/run/it's here/h.sock";
/** HAProxy wants to find the files, empty or not. */
const mapsDirectory = t.testdir({
  'hostPath.map': '',
  'hostPathLower.map': '',
  'path.map': '',
  'pathLower.map': '',
  servers: '1\n',
});

function model(
  apps: readonly CatalogApp[],
  instances: readonly CatalogInstance[] = [],
  rules: readonly Rule[] = [],
): TemplateModel {
  const catalog = new Catalog();
  catalog.change({ apps, removedApps: [], instances, removedInstances: [] });
  const { model } = compile({
    catalog,
    rules,
    reading: {
      settingsFrom: 'labels',
      groups: ['*'],
      isStrict: false,
      templateLabels: true,
      bindAddress: '*',
      bindAddresses: [],
      servicePorts: [],
      certificates: new Map(),
      assignedPorts: null,
    },
    owners: new Map(),
    settings: proxySettings({
      bindAddress: '127.0.0.1',
      httpPort: 8880,
      httpsPort: 8843,
      statsSocket,
      mapsDirectory,
      serverStateFile: join(mapsDirectory, 'servers'),
      maxConnections: 500,
      account: { user: 'haproxy', group: 'haproxy' },
    }),
    addressOf: () => undefined,
    portProblem: () => undefined,
    rejected: () => undefined,
  });
  return templateModel(model, { hasPrometheus: true, certificateList: null });
}

const render = (m: TemplateModel, template = shipped): string =>
  finishText(compileTemplate(template)(m), statsSocket).text;

const small = model(
  [
    catalogApp('/svc1', 1111),
    catalogApp('/web/ghost', 2222, {
      healthChecks: [{ protocol: 'HTTP', path: '/', intervalSeconds: 1, timeoutSeconds: 1, maxConsecutiveFailures: 1 }],
    }),
  ],
  [
    catalogInstance('/svc1', 's1', [31_001], { host: '10.0.0.1' }),
    catalogInstance('/svc1', 's2', [31_002], { host: '10.0.0.2' }),
    catalogInstance('/web/ghost', 'g1', [31_003], { host: '10.0.0.1', healthy: true }),
  ],
  [{ id: '/web/ghost', acl: 'hdr(host) -i ghost.local' }],
);

t.test('the text of a small configuration', (t) => {
  const text = render(small);
  const body = text.slice(text.indexOf('frontend stats'));
  t.equal(
    body.replaceAll(mapsDirectory, '/maps'),
    `frontend stats
  bind 127.0.0.1:9090
  option idle-close-on-response
  monitor-uri /_haproxy_health_check
  http-request use-service prometheus-exporter if { path /metrics }
  stats enable
  stats uri /
  stats refresh 10s
  stats show-desc

frontend http
  bind 127.0.0.1:8880
  # A connection that waits for its next request is not cut while its process is being replaced.
  option idle-close-on-response
  # How a request came, and what it asks for: the host without port and trailing dot, and host and path as the maps have them.
  http-request set-var(txn.via) str(http)
  http-request set-var(txn.host) req.hdr(host),lower,regsub(:[0-9]*$,),regsub([.]$,)
  http-request set-var(txn.path) path
  http-request set-var(txn.hostpath) var(txn.host),concat(,txn.path,/)
  # Where a service is that wants to be asked by HTTPS alone.
  http-request set-var(txn.https) str(https://),concat(,txn.host,)
  http-request set-header X-Forwarded-Proto http
  http-request set-header X-Forwarded-Port %[dst_port]
  use_backend '%[var(txn.hostpath),map_beg("/maps/hostPath.map")]' if { 'var(txn.hostpath),map_beg("/maps/hostPath.map")' -m found }

# /svc1
frontend port_1111
  bind 127.0.0.1:1111
  mode tcp
  default_backend svc1_1111_3e2ea96a

# /web/ghost
frontend port_2222
  bind 127.0.0.1:2222
  mode http
  option idle-close-on-response
  http-request set-var(txn.via) str(port)
  http-request set-var(txn.host) req.hdr(host),lower,regsub(:[0-9]*$,),regsub([.]$,)
  http-request set-header X-Forwarded-Proto http
  http-request set-header X-Forwarded-Port %[dst_port]
  default_backend web_ghost_2222_159d9330

# /svc1
backend svc1_1111_3e2ea96a
  mode tcp
  balance roundrobin
  server 10.0.0.1_31001 10.0.0.1:31001 check inter 2000ms fastinter 500ms fall 2 rise 1
  server 10.0.0.2_31002 10.0.0.2:31002 check inter 2000ms fastinter 500ms fall 2 rise 1

# /web/ghost
backend web_ghost_2222_159d9330
  mode http
  balance roundrobin
  option forwardfor
  option httpchk
  http-check send meth GET uri '/'
  http-check expect status 200-399
  timeout check 1000ms
  server 10.0.0.1_31003 10.0.0.1:31003 check inter 1000ms fastinter 500ms fall 2 rise 1
`,
  );
  t.match(text, /^global\n {2}description ekiden-lb generation [0-9a-f]{16}\n/);
  t.match(text, `stats socket '/run/it'"'"'s here/h.sock' mode 600 level admin expose-fd listeners`);
  for (const line of ['timeout http-keep-alive 10s', 'user haproxy', 'maxconn 500']) {
    t.ok(text.includes(`  ${line}\n`), line);
  }
  t.equal(render(small), text, 'equal models give equal texts');
  t.not(generationOf(render(model([]))), generationOf(text));
  t.end();
});

t.test('haproxy accepts it', { skip: withoutHaproxy() }, (t) => {
  const file = join(t.testdir(), 'haproxy.cfg');
  for (const text of [render(small), render(model([]))]) {
    writeFileSync(file, text);
    const { status, stderr } = spawnSync('haproxy', ['-c', '-f', file], { encoding: 'utf8' });
    t.equal(status, 0);
    t.notMatch(stderr, /WARNING|ALERT/);
  }
  t.end();
});

/** How many lines of each kind a text has, by first word. */
function skeleton(text: string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const line of text.split('\n')) {
    const word = /^\s*([a-z_-]+)/.exec(line)?.[1];
    if (word !== undefined) counts[word] = (counts[word] ?? 0) + 1;
  }
  return counts;
}

t.test('no text of an app adds a line', (t) => {
  const calm = skeleton(render(model([catalogApp('/evil', 10_001, { labels: { a: 'x' } })])));
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (value) => {
      const app = catalogApp('/evil', 10_001, { labels: { a: value, [value]: value }, env: { a: value } });
      return JSON.stringify(skeleton(render(model([app])))) === JSON.stringify(calm);
    }),
    { numRuns: 100 },
  );
  t.end();
});

const hostile = sharedPath('golden/lb/hostile.json');
const cannot = hostile === undefined ? 'no ../shared/golden/lb here' : withoutHaproxy();
t.test('hostile definitions beside a victim', { skip: cannot }, (t) => {
  const cases = JSON.parse(readFileSync(hostile ?? '', 'utf8')) as { id: string; field: string; value: unknown }[];
  const file = join(t.testdir(), 'haproxy.cfg');
  const checked = new Set<string>();
  const victim = catalogApp('/victim', 12_001);
  const good = catalogInstance('/victim', 'v', [31_000]);
  for (const { id, field, value } of cases) {
    const text = String(value);
    const check = { intervalSeconds: 1, timeoutSeconds: 1, maxConsecutiveFailures: 1 };
    const app = catalogApp(field === 'id' ? text : '/evil', 12_002, {
      ...(field.startsWith('label:') ? { labels: { [field.slice(6)]: text } } : {}),
      ...(field.startsWith('env:') ? { env: { [field.slice(4)]: text } } : {}),
      ...(field === 'health' ? { healthChecks: [{ protocol: 'HTTP', path: text, portIndex: 0, ...check }] } : {}),
    });
    const instance = catalogInstance(app.id, 'e', [31_001], field === 'host' ? { host: text } : {});
    const rules = field === 'acl' ? [{ id: '/evil', acl: text }] : [];
    const rendered = render(model([victim, app], [good, instance], rules));
    t.notMatch(rendered, /INJECTED|\/etc\/|always_true/i, id);
    t.match(rendered, /server 127\.0\.0\.1_31000/, id);
    // What is not used in the text gives the same text: one check is enough.
    if (checked.has(rendered)) continue;
    checked.add(rendered);
    writeFileSync(file, rendered);
    execFileSync('haproxy', ['-c', '-f', file], { stdio: 'pipe' });
  }
  t.end();
});
