import t from 'tap';
import type { Test } from 'tap';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import type { CatalogApp } from '../../../src/catalog/types.js';
import { findDeployments } from '../../../src/lb/labels/blue-green.js';
import { readAppSettings } from '../../../src/lb/labels/read-settings.js';
import type { ReadingRules, ServiceSettings } from '../../../src/lb/labels/service-settings.js';
import { appSettings, portSettings, templateSettings } from '../../../src/lb/labels/setting-names.js';
import { splitWords } from '../../../src/lb/rules/acl-words.js';
import { sharedPath } from '../../support/shared.js';
import { sampleApp, sampleRules } from './sample-app.js';

const host = /^(\*\.)?[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?$/;
const path = /^\/[A-Za-z0-9._~!$&()*+,;=:@%/-]*$/;
const bindWord = /^[A-Za-z0-9:+!@=_.,/-]+$/;

/** What a directive may begin with; the rest of it has been split by HAProxy's own rules. */
const directives: readonly RegExp[] = [
  /^(?:no )?option [a-z-]+$/,
  /^timeout [a-z-]+ \d+$/,
  /^http-re(?:quest|sponse) del-header [A-Za-z0-9._-]+$/,
  /^http-re(?:quest|sponse) (?:set|add)-header [A-Za-z0-9._-]+ (?:'.*'|%\[(?:src|dst)(?:_port)?\])$/,
];

/** Why a value of a service could do harm in a configuration; undefined = it cannot. */
function harmIn(service: ServiceSettings, rules: ReadingRules): string | undefined {
  const { hosts, aliases, paths, bindOptions, allowedNetworks, auth } = service;
  if ([...hosts, ...aliases].some((name) => !host.test(name) || name.length > 253)) return 'host';
  if (hosts.length + aliases.length > 100) return 'number of hosts';
  const all = [...paths.map((p) => p.path), service.stripPrefix, service.locationPrefix, service.rootRedirect];
  if (all.some((p) => p !== null && (!path.test(p) || p.length > 1024))) return 'path';
  if (!Number.isInteger(service.servicePort) || service.servicePort < 0 || service.servicePort > 65_535) return 'port';
  if (service.bindAddress !== null && !rules.bindAddresses.includes(service.bindAddress)) return 'address';
  if (service.certificate !== null && ![...rules.certificates.values()].includes(service.certificate))
    return 'certificate';
  if (bindOptions.some((word) => !bindWord.test(word))) return 'bind option';
  if (allowedNetworks.some((network) => !/^[0-9a-fA-F.:/]+$/.test(network))) return 'network';
  if (
    auth !== null &&
    !/^[A-Za-z0-9 ._-]+ [A-Za-z0-9._@-]+ \$[./A-Za-z0-9$=,]+$/.test(`${auth.realm} ${auth.user} ${auth.passwordHash}`)
  )
    return 'auth';
  if (service.priority !== null && !Number.isInteger(service.priority)) return 'priority';
  for (const line of service.directives) {
    if (!directives.some((known) => known.test(line)) || Buffer.byteLength(line) > 2000) return line;
    if (splitWords(line).length > 4) return line;
  }
  return undefined;
}

interface HostileCase {
  readonly id: string;
  readonly field: string;
  readonly value: unknown;
  readonly needs?: Record<string, string>;
}

function appOf({ field, value, needs }: HostileCase): CatalogApp | undefined {
  if (typeof value !== 'string') return undefined;
  const [kind, name = ''] = field.split(':');
  const labels = { HAPROXY_0_VHOST: 'evil.example.com', ...needs };
  if (kind === 'label') return sampleApp({ ...labels, [name]: value }, { id: '/evil' });
  if (kind === 'env') return sampleApp({}, { env: { [name]: value } });
  if (kind === 'id')
    return sampleApp(
      { ...labels, HAPROXY_0_BACKEND_HTTP_OPTIONS: 'http-request set-header X-A {appId}' },
      { id: value },
    );
  return undefined;
}

/** Nothing is wrong with these by themselves: ports and hosts of others are for `compile` to refuse. */
const harmless: Readonly<Record<string, (service: ServiceSettings) => unknown>> = {
  'comma-vhost': ({ hosts }) => hosts.join() === 'evil.example.com,victim.example.com',
  'empty-vhost': ({ hosts }) => hosts.length === 0,
  'port-80': ({ servicePort }) => servicePort === 80,
  'port-9090': ({ servicePort }) => servicePort === 9090,
  'bamboo-tcpport': ({ servicePort }) => servicePort === 10_000,
  'many-args': ({ paths }) => paths.length === 100,
};

function check(t: Test, given: HostileCase): void {
  const app = appOf(given);
  if (app === undefined) return;
  for (const templateLabels of [true, false]) {
    const rules = { ...sampleRules, templateLabels };
    const { services, problems } = readAppSettings(app, rules);
    const complaints = [...problems, ...findDeployments([app, sampleApp({}, { id: '/victim' })]).problems];
    for (const service of services) t.equal(harmIn(service, rules), undefined, `${given.id} leaves nothing that harms`);
    const isHarmless = harmless[given.id];
    const [service] = services;
    if (isHarmless === undefined) t.ok(complaints.length > 0, `${given.id} is refused`);
    else t.ok(service !== undefined && isHarmless(service), `${given.id} is nothing but what it says`);
    t.ok(complaints.every(({ reason }) => reason.length > 0 && !/[\u0000-\u001f\u2028]/.test(reason)));
  }
}

t.test('hostile definitions', (t) => {
  const inject = '\n  http-request return status 299 content-type text/plain string INJECTED';
  const own: Record<string, string> = {
    HAPROXY_0_VHOST: `a.example.com }${inject}\n  #`,
    HAPROXY_0_PATH: `/x${inject}`,
    HAPROXY_0_MODE: `http${inject}`,
    HAPROXY_0_BALANCE: `roundrobin${inject}`,
    HAPROXY_0_BIND_ADDR: `*:11111${inject}\n  bind *`,
    HAPROXY_0_SSL_CERT: `/etc/ssl/shop.pem${inject}`,
    HAPROXY_0_AUTH: 'x" if TRUE || { always_true } #:u:$5$a$b',
    HAPROXY_0_PORT: '-1',
    HAPROXY_0_BACKEND_HEAD: `\nbackend {backend}${inject}\n`,
    HAPROXY_DEPLOYMENT_GROUP: 'victim',
  };
  for (const [name, value] of Object.entries(own)) check(t, { id: `own ${name}`, field: `label:${name}`, value });
  t.end();
});

const recorded = sharedPath('golden/lb/hostile.json');
t.test('hostile definitions that broke the originals', { skip: recorded === undefined && 'no ../shared' }, (t) => {
  const cases = JSON.parse(readFileSync(recorded ?? '', 'utf8')) as HostileCase[];
  for (const one of cases) if (!one.field.startsWith('id')) check(t, one);
  for (const one of cases.filter(({ field }) => field === 'id')) {
    const app = appOf(one);
    if (app === undefined) continue;
    // Which ids there are, compile decides; nothing of them gets into a setting.
    const { services } = readAppSettings(app, sampleRules);
    t.ok(
      services.every((service) => harmIn(service, sampleRules) === undefined),
      one.id,
    );
  }
  t.ok(cases.length > 50);
  t.end();
});

t.test('whatever all settings say, nothing throws and only typed values come of it', (t) => {
  const fragments = fc.constantFrom(
    ' ',
    '\n',
    '\r\n',
    '\t',
    '#',
    '"',
    "'",
    '\\',
    '{',
    '}',
    '{{',
    '||',
    '-m reg .*',
    '-f /etc/passwd',
    '/a',
    'a.org',
    '*.b.org',
    ',',
    ':',
    'backend {backend}',
    'acl x hdr(host) ',
    'use_backend {backend} if x',
    'http-request set-header X-A ',
    '%[src]',
    '%%',
    '10.0.0.0/8',
    'option forwardfor',
    '$5$saltsalt$0IyaXrmV7.sGNS6tirgqHLqX',
    'true',
    '80',
    'http',
    'global',
    '{hostname}',
    '\u2028',
    'ö',
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.array(fc.oneof(fragments, fc.string({ maxLength: 4 })), { maxLength: 12 }).map((parts) => parts.join('')),
  );
  const names = [
    ...[...portSettings, ...Object.keys(templateSettings)].flatMap((name) => [
      `HAPROXY_0_${name}`,
      `HAPROXY_1_${name}`,
    ]),
    ...appSettings.map((name) => `HAPROXY_${name}`),
  ];
  const record = fc.dictionary(fc.oneof(fc.constantFrom(...names), text), text, { maxKeys: 12 });
  fc.assert(
    fc.property(
      record,
      record,
      text,
      fc.boolean(),
      fc.constantFrom('labels', 'env', 'both'),
      (labels, env, tcp, templateLabels, settingsFrom) => {
        const rules: ReadingRules = { ...sampleRules, templateLabels, settingsFrom };
        const app = sampleApp(labels, {
          env: { ...env, BAMBOO_TCP_PORT: tcp },
          ports: [1000, 0].map((servicePort) => ({ servicePort, protocol: 'tcp', labels: {} })),
        });
        const { services, problems } = readAppSettings(app, rules, new Map([[1, 2000]]));
        findDeployments([app]);
        const harm = services.map((service) => harmIn(service, rules)).find((found) => found !== undefined);
        if (harm !== undefined) throw new Error(harm);
        return problems.length <= 61 && problems.every(({ label, reason }) => !/[\u0000-\u001f]/.test(label + reason));
      },
    ),
    { numRuns: 2000 },
  );
  t.end();
});
