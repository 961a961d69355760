import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { Catalog } from '../../../src/catalog/catalog.js';
import { appsToCatalog } from '../../../src/catalog/providers/marathon/apps-to-catalog.js';
import { parseIpAddress } from '../../../src/common/ip-address.js';
import { compile } from '../../../src/lb/compile/compile.js';
import type { MapFile, Routing, SharedFrontend } from '../../../src/lb/compile/routing-model.js';
import { compileInput, readingRules } from '../../support/compile-input.js';
import { catalogApp, catalogInstance } from '../../support/fake-catalog.js';
import { proxySettings } from '../../support/proxy-settings.js';
import { sharedPath } from '../../support/shared.js';
import { followSteps } from './follow-steps.js';

const cases = sharedPath('golden/lb/open');

interface Probe {
  readonly request: {
    readonly port: number;
    readonly addr?: string;
    readonly path: string;
    readonly host?: string;
    readonly headers?: Readonly<Record<string, string>>;
  };
  readonly expect: { readonly status: number | string; readonly app?: readonly string[] };
  readonly quirk?: string;
}

interface Run {
  readonly name: string;
  readonly system: string;
  readonly args: readonly string[];
}

const json = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));

/** What the command lines of the originals mean for `compile`. */
function routingOf(directory: string, { system, args }: Run, services: Readonly<Record<string, string>>): Routing {
  const catalog = new Catalog();
  const { apps, instances } = appsToCatalog(json(join(directory, 'apps.json')), {
    nowMs: Date.parse('2030-01-01T00:00:00Z'),
    previous: () => undefined,
  });
  catalog.change({ apps, removedApps: [], instances, removedInstances: [] });
  const isBamboo = system === 'bamboo';
  const groups = args.filter((_, i) => args[i - 1] === '--group');
  const certificate = { path: '/c/cert.pem', fingerprint: 'f' };
  return compile(
    compileInput({
      catalog,
      rules: isBamboo ? Object.entries(services).map(([id, acl]) => ({ id, acl })) : [],
      settings: proxySettings({
        bindAddress: '*',
        certificates: [certificate],
        appIdPort: system === 'servicerouter' ? 81 : 9_091,
        bindsHttpAndHttps: !args.includes('--dont-bind-http-https'),
        emptyServices: system === 'marathon-lb' ? 'refuse' : 'keep',
        health: args.includes('--health-check') ? 'any' : 'ignore',
        defaultRule: isBamboo ? 'bamboo' : 'none',
      }),
      reading: readingRules({
        bindAddress: '*',
        bindAddresses: ['127.0.0.42', '127.0.0.43'],
        groups: isBamboo || system === 'bridge' ? ['*'] : groups,
        isStrict: args.includes('--strict-mode'),
        settingsFrom: system === 'servicerouter' ? 'env' : 'labels',
        templateLabels: true,
        certificates: new Map([['/etc/ssl/cert.pem', certificate.path]]),
        assignedPorts: [10_050, 10_100],
      }),
      addressOf: (host) => parseIpAddress(host)?.address ?? '127.0.0.1',
    }),
  );
}

/** What a request leads to: nothing listens, nobody takes it, or these apps. */
function outcomeOf({ model, maps }: Routing, apps: ReadonlyMap<string, string>, { request }: Probe): string {
  const { port, host = '', path, headers = {}, addr = '127.0.0.1' } = request;
  const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const shared = new Map<number, SharedFrontend | null>([
    [80, model.http],
    [443, model.https],
    [81, model.appId],
    [9_091, model.appId],
  ]).get(port);
  const through = (frontend: SharedFrontend, files: readonly MapFile[]): string | undefined =>
    followSteps(frontend.steps, files, { host, path: path.replace(/\?.*/, ''), headers: lower });
  const listener = model.listeners.find((l) => l.port === port && (l.bind.startsWith('*:') || l.bind.startsWith(addr)));
  if (shared === null || (shared === undefined && listener === undefined)) return 'refused';
  const name = shared === undefined ? listener?.backend : through(shared, maps);
  const backend = model.backends.find((b) => b.name === name);
  if (backend === undefined) return 'nobody';
  const enabled = backend.servers.filter(({ disabled }) => !disabled);
  return [...new Set(enabled.map(({ endpoint }) => apps.get(endpoint) ?? endpoint))].sort().join() || 'nobody';
}

t.test('requests go where the originals sent them', { skip: cases === undefined && 'no golden data' }, (t) => {
  for (const name of cases === undefined ? [] : readdirSync(cases).filter((entry) => entry.startsWith('o'))) {
    const directory = join(cases ?? '', name);
    const { runs, services } = json(join(directory, 'case.json')) as { runs: Run[]; services: Record<string, string> };
    const probes = (json(join(directory, 'routes.json')) as { runs: Record<string, Probe[]> }).runs;
    for (const run of runs) {
      const routing = routingOf(directory, run, services);
      const apps = new Map<string, string>();
      const { instances } = appsToCatalog(json(join(directory, 'apps.json')), { nowMs: 0, previous: () => undefined });
      for (const { host, ipAddresses, ports, containerPorts = [], appId } of instances) {
        for (const port of ports) apps.set(`${parseIpAddress(host)?.address ?? '127.0.0.1'}:${port}`, appId);
        for (const port of containerPorts) apps.set(`${ipAddresses[0] ?? ''}:${port}`, appId);
      }
      for (const probe of probes[run.name] ?? []) {
        const { request, expect, quirk } = probe;
        if (quirk !== undefined || request.port === 9_090 || request.path.startsWith('/haproxy_stats')) continue;
        const found = outcomeOf(routing, apps, probe);
        const what = `${name} ${run.name}: ${request.port} ${request.host ?? ''}${request.path} ${JSON.stringify(request.headers ?? {})}`;
        if (expect.app !== undefined) t.equal(found, [...expect.app].sort().join(), what);
        else if (expect.status === 'refused') t.equal(found, 'refused', what);
        else if (expect.status === 503) t.equal(found, 'nobody', what);
      }
    }
  }
  t.end();
});

interface Hostile {
  readonly id: string;
  readonly field: string;
  readonly value: unknown;
}

t.test('hostile definitions cost nobody else anything', { skip: cases === undefined && 'no golden data' }, (t) => {
  const rows = json(sharedPath('golden/lb/hostile.json') ?? '') as Hostile[];
  const settings = proxySettings({ defaultRule: 'path', appIdPort: 9_091 });
  for (const { id, field, value } of rows) {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    const label = /^label:(.*)$/.exec(field)?.[1];
    const env = /^env:(.*)$/.exec(field)?.[1];
    const check = { protocol: 'HTTP', path: text, intervalSeconds: 1, timeoutSeconds: 1, maxConsecutiveFailures: 1 };
    const evil = catalogApp(field === 'id' ? text : '/evil', 12_001, {
      version: '2030',
      labels: { HAPROXY_0_VHOST: 'evil.example.com', ...(label === undefined ? {} : { [label]: text }) },
      env: env === undefined ? {} : { [env]: text },
      healthChecks: field === 'health' ? [check] : [],
    });
    const victim = catalogApp('/victim', 12_002, {
      labels: { HAPROXY_0_VHOST: 'victim.example.com' },
      version: '2020',
    });
    const host = field === 'host' ? text : '127.0.0.2';
    const catalog = new Catalog();
    const instances = [
      catalogInstance('/victim', 'v', [31_000]),
      catalogInstance(evil.id, 'e', [31_001], { host, healthy: true }),
    ];
    catalog.change({ apps: [evil, victim], removedApps: [], instances, removedInstances: [] });
    const rules = field === 'acl' ? [{ id: '/evil', acl: text }] : [];
    const { model, maps, routes } = compile(
      compileInput({ catalog, rules, settings, reading: readingRules({ templateLabels: true }) }),
    );
    const ask = (path: string): string | undefined =>
      followSteps(model.http?.steps ?? [], maps, { host: 'victim.example.com', path });
    const own = model.backends.find(({ app }) => app.id === '/victim');
    t.match(own?.servers, [{ endpoint: '127.0.0.1:31000' }], id);
    const fits = routes.find((route) => route.host === 'victim.example.com');
    t.equal(fits?.app, '/victim', id);
    if (rules.length === 0) t.equal(ask('/'), own?.name, id);
    t.equal(model.listeners.find(({ port }) => port === 12_002)?.backend, own?.name, id);
    const { backends, ...shared } = model;
    const written = JSON.stringify([
      shared,
      maps.map(({ entries }) => [...entries]),
      backends.map((b) => ({ ...b, app: b.app.id })),
    ]);
    t.notMatch(written, /\\n|\\r|status 299|always_true|\/etc\/(passwd|hostname)/, id);
  }
  t.end();
});
