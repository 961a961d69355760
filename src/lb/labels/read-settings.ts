import type { CatalogApp, CatalogPort } from '../../catalog/types.js';
import type { Mode } from '../compile/routing-model.js';
import { readBasicAuth } from './basic-auth.js';
import { readBindOptions } from './bind-options.js';
import { groupWithBlanks, isServedIn, readGroups } from './groups.js';
import { readHost } from './hosts.js';
import { readNetworks } from './networks.js';
import { readPath, readPaths } from './paths.js';
import { Problems } from './problems.js';
import { balances } from './service-settings.js';
import type { AppSettings, ReadingRules, ServiceSettings } from './service-settings.js';
import { appSettings, isPortSetting, templateSettings } from './setting-names.js';
import type { PortSetting } from './setting-names.js';
import { maxValueLength, settingSourceOf } from './setting-source.js';
import type { SettingSource } from './setting-source.js';
import { readTemplateLabels } from './template-labels.js';
import { readBoolean, readChoice, readInteger, SettingError, shown } from './values.js';

/** Names that one app may have, over all of its ports. */
const maxHosts = 100;
const maxPriority = 1_000_000;
const modes = ['tcp', 'http'] as const;

/** What all ports of an app share while they are read. */
interface Reading {
  readonly app: CatalogApp;
  readonly rules: ReadingRules;
  readonly source: SettingSource;
  readonly problems: Problems;
  /** How many more host names the app may have. */
  hostsLeft: number;
}

/**
 * What an app's labels, or its environment, say about its ports. Pure, and never throws: what is wrong becomes a problem, which
 * costs only what it is about. Only where what is left would be reached by somebody it is not meant for (a password or a network
 * list that cannot be read …) the service is left out. Ports that are not for this load balancer (groups, strict mode, switched
 * off) are neither served nor complained about.
 *
 * `assigned` are the service ports that `assignServicePorts` has for the app, by the index of the port.
 */
export function readAppSettings(
  app: CatalogApp,
  rules: ReadingRules,
  assigned: ReadonlyMap<number, number> = noPorts,
): AppSettings {
  const source = settingSourceOf(app, rules.settingsFrom);
  const reading: Reading = { app, rules, source, problems: new Problems(), hostsLeft: maxHosts };
  const services: ServiceSettings[] = [];
  const readIndexes = new Set<number>();
  app.ports.forEach((port, portIndex) => {
    const settings = new PortReading(reading, port, portIndex);
    if (!settings.isServedHere()) return;
    readIndexes.add(portIndex);
    const service = settings.read(assigned.get(portIndex));
    if (service !== undefined) services.push(service);
  });
  if (readIndexes.size > 0 && source.values.size > 0) reportUnknown(reading, readIndexes);
  const tcp = readBambooPort(reading, services, readIndexes);
  return { services: tcp === undefined ? services : [...services, tcp], problems: reading.problems.list() };
}

const noPorts: ReadonlyMap<number, number> = new Map();

/** The `HAPROXY_{n}_…` settings of one port. */
class PortReading {
  readonly #reading: Reading;
  readonly #port: CatalogPort;
  readonly #index: number;
  #isLost = false;

  constructor(reading: Reading, port: CatalogPort, index: number) {
    this.#reading = reading;
    this.#port = port;
    this.#index = index;
  }

  /** Groups, `ENABLED` and strict mode. */
  isServedHere(): boolean {
    const { rules, source, problems } = this.#reading;
    const label = source.values.has(this.#label('GROUP')) ? this.#label('GROUP') : 'HAPROXY_GROUP';
    const groups = readGroups(source.values.get(label) ?? '');
    if (!isServedIn(groups, rules.groups)) {
      const group = groupWithBlanks(groups, rules.groups);
      if (group !== undefined) problems.add(label, `${shown(group)} is another group than ${shown(group.trim())}`);
      return false;
    }
    const enabled = this.#text('ENABLED');
    if (enabled === undefined) return !rules.isStrict;
    return problems.attempt(this.#label('ENABLED'), false, () => readBoolean(enabled), true);
  }

  /** undefined = it is not served. */
  read(assigned: number | undefined): ServiceSettings | undefined {
    const auth = this.#get('AUTH', null, readBasicAuth, 'service');
    const allowedNetworks = this.#get('BACKEND_NETWORK_ALLOWED_ACL', [], readNetworks, 'service');
    const paths = this.#paths();
    const wanted = paths === undefined ? [] : this.#hosts();
    const template = readTemplateLabels(this.#templateContext(wanted));
    for (const { label, reason, isFatal } of template.problems) this.#problem(label, reason, isFatal);
    const mode = this.#mode(this.#has('VHOST') || auth !== null, template.mode);
    this.#checkAgainstMode(mode, wanted, auth !== null);
    const hosts = mode === 'tcp' ? [] : wanted;
    const aliases = hosts.length === 0 ? [] : this.#bounded(template.aliases.filter((name) => !hosts.includes(name)));
    const listener = this.#listener(assigned);
    const service: ServiceSettings = {
      app: this.#reading.app,
      portIndex: this.#index,
      port: this.#port,
      ...listener,
      mode,
      hosts,
      paths: hosts.length === 0 ? [] : (paths ?? []),
      priority: this.#get('BACKEND_WEIGHT', null, (text) => readInteger(text, -maxPriority, maxPriority)),
      balance: template.balance ?? this.#get('BALANCE', 'roundrobin', (text) => readChoice(text, balances)),
      sticky: this.#get('STICKY', false, readBoolean),
      redirectToHttps: this.#get('REDIRECT_TO_HTTPS', false, readBoolean),
      hsts: this.#get('USE_HSTS', false, readBoolean),
      auth,
      allowedNetworks,
      stripPrefix: this.#get('HTTP_BACKEND_PROXYPASS_PATH', null, readPath),
      locationPrefix: this.#get('HTTP_BACKEND_REVPROXY_PATH', null, readPath),
      rootRedirect: this.#get('HTTP_BACKEND_REDIR', null, readRootRedirect),
      checkPortIndex: this.#get('BACKEND_HEALTHCHECK_PORT_INDEX', null, (text) =>
        readInteger(text, 0, Math.max(this.#reading.app.ports.length - 1, 0)),
      ),
      directives: template.directives,
      aliases,
    };
    return this.#isLost ? undefined : service;
  }

  #label(name: PortSetting): string {
    return `HAPROXY_${this.#index}_${name}`;
  }

  /** An empty value is as none: marathon-lb's own tools write them. */
  #text(name: PortSetting): string | undefined {
    const text = this.#reading.source.values.get(this.#label(name));
    return text === undefined || text.trim() === '' ? undefined : text;
  }

  #has(name: PortSetting): boolean {
    return this.#text(name) !== undefined;
  }

  #problem(label: string, reason: string, isFatal = false): void {
    this.#reading.problems.add(label, reason, isFatal);
    this.#isLost ||= isFatal;
  }

  /** A setting; `fallback` where it is not given or bad, in which case `costs` says what is lost with it. */
  #get<T, F>(
    name: PortSetting,
    fallback: F,
    parse: (text: string) => T,
    costs: 'itself' | 'service' = 'itself',
  ): T | F {
    const text = this.#text(name);
    if (text === undefined) return fallback;
    try {
      if (text.length > maxValueLength) throw new SettingError(`is longer than ${maxValueLength} characters`);
      return parse(text);
    } catch (error) {
      if (!(error instanceof SettingError)) throw error;
      const isFatal = costs === 'service';
      this.#problem(this.#label(name), isFatal ? `${error.message}; the service is left out` : error.message, isFatal);
      return fallback;
    }
  }

  #hosts(): string[] {
    const found = new Set<string>();
    const names = this.#get('VHOST', [], (text) => text.split(',').filter((name) => name.trim() !== ''));
    for (const name of names) {
      const host = this.#reading.problems.attempt(this.#label('VHOST'), undefined, () => readHost(name));
      if (host !== undefined) found.add(host);
    }
    return this.#bounded([...found]);
  }

  /** As many of the names as the app may still have. */
  #bounded(names: readonly string[]): string[] {
    const kept = names.slice(0, this.#reading.hostsLeft);
    this.#reading.hostsLeft -= kept.length;
    if (kept.length < names.length) {
      const reason = `an app can have ${maxHosts} names; left out are the last ${names.length - kept.length}`;
      this.#problem(this.#label('VHOST'), reason);
    }
    return kept;
  }

  #mode(asksForHttp: boolean, fromTemplate: Mode | null): Mode {
    const given = this.#get('MODE', null, (text) => readChoice(text, modes)) ?? fromTemplate;
    // servicerouter.py takes a host for more than the mode; marathon-lb writes a configuration that HAProxy refuses.
    if (given === 'tcp' && asksForHttp && this.#reading.rules.settingsFrom === 'env') return 'http';
    return given ?? (asksForHttp || this.#isCheckedByHttp() ? 'http' : 'tcp');
  }

  /** Whether one of the app's health checks speaks plain HTTP to this port. */
  #isCheckedByHttp(): boolean {
    return this.#reading.app.healthChecks.some((check) => {
      if (check.protocol !== 'HTTP' && check.protocol !== 'MESOS_HTTP') return false;
      if (check.port !== undefined) {
        return check.port === this.#port.containerPort || check.port === this.#port.servicePort;
      }
      return (check.portIndex ?? 0) === this.#index;
    });
  }

  #checkAgainstMode(mode: Mode, hosts: readonly string[], hasPassword: boolean): void {
    if (mode === 'http') return;
    if (hasPassword) {
      this.#problem(this.#label('AUTH'), 'cannot be asked for in mode tcp; the service is left out', true);
    }
    if (hosts.length > 0) this.#problem(this.#label('VHOST'), 'a service in mode tcp cannot be chosen by host');
  }

  /** Without a host a path says nothing. undefined = it is bad: without it the hosts would get what is not meant for them. */
  #paths(): ServiceSettings['paths'] | undefined {
    if (!this.#has('PATH')) return [];
    if (!this.#has('VHOST')) {
      this.#problem(this.#label('PATH'), `needs ${this.#label('VHOST')}; for a path of all hosts add a rule`);
      return [];
    }
    return this.#get('PATH', undefined, (text) => {
      try {
        return readPaths(text);
      } catch (error) {
        if (!(error instanceof SettingError)) throw error;
        throw new SettingError(`${error.message}; its hosts are not served`);
      }
    });
  }

  #listener(
    assigned: number | undefined,
  ): Pick<ServiceSettings, 'servicePort' | 'bindAddress' | 'bindOptions' | 'certificate'> {
    const { rules } = this.#reading;
    const own = this.#port.servicePort;
    const port = this.#get('PORT', undefined, (text) => readInteger(text, 0, 65_535));
    const bindAddress = this.#get('BIND_ADDR', undefined, (text) => readBindAddress(text, rules));
    const bindOptions = this.#get('BIND_OPTIONS', undefined, readBindOptions);
    const certificate = this.#get('SSL_CERT', undefined, (text) => readCertificate(text, rules));
    const servicePort = port ?? (own > 0 ? own : (assigned ?? 0));
    const isBad =
      (port === undefined && this.#has('PORT')) ||
      (bindAddress === undefined && this.#has('BIND_ADDR')) ||
      (bindOptions === undefined && this.#has('BIND_OPTIONS')) ||
      (certificate === undefined && this.#has('SSL_CERT')) ||
      !this.#isAllowed(servicePort);
    return {
      // With half of its settings it would listen where, or how, its owner does not want it to.
      servicePort: isBad ? 0 : servicePort,
      bindAddress: bindAddress ?? null,
      bindOptions: bindOptions ?? [],
      certificate: certificate ?? null,
    };
  }

  #isAllowed(servicePort: number): boolean {
    const { servicePorts } = this.#reading.rules;
    if (servicePort === 0 || servicePorts.length === 0) return true;
    if (servicePorts.some(([first, last]) => servicePort >= first && servicePort <= last)) return true;
    this.#problem(this.#label('PORT'), outsideRanges(servicePort, servicePorts));
    return false;
  }

  #templateContext(hosts: readonly string[]): Parameters<typeof readTemplateLabels>[0] {
    const { app, rules, source } = this.#reading;
    return {
      appId: app.id,
      portIndex: this.#index,
      servicePort: this.#port.servicePort,
      hosts,
      path: this.#text('PATH') ?? '',
      values: source.values,
      isOn: rules.templateLabels,
    };
  }
}

function outsideRanges(port: number, ranges: ReadingRules['servicePorts']): string {
  const allowed = ranges.map(([first, last]) => (first === last ? String(first) : `${first}-${last}`)).join(', ');
  return `service port ${port} is none of those that services may have here (${allowed}); it is not listened on`;
}

/** A redirect from `/` to `/` would never end. */
function readRootRedirect(text: string): string {
  const path = readPath(text);
  if (path === '/') throw new SettingError('"/" is where the redirect comes from');
  return path;
}

/** null = the common address. */
function readBindAddress(text: string, rules: ReadingRules): string | null {
  const address = text.trim();
  if (address === '*' || address === rules.bindAddress) return null;
  if (rules.bindAddresses.includes(address)) return address;
  throw new SettingError(
    `${shown(address)} is not an address that services may have here (--bind_addresses); its port is not listened on`,
  );
}

/** Apps may name a file where it was in another installation: there is one of its name among those here. */
function readCertificate(text: string, rules: ReadingRules): string {
  const name = text.trim();
  const file = rules.certificates.get(name) ?? rules.certificates.get(name.slice(name.lastIndexOf('/') + 1));
  if (file === undefined) {
    throw new SettingError(
      `${shown(text)} is not one of the certificates here (--ssl_certs); its port is not listened on`,
    );
  }
  return file;
}

/** Names of labels that nothing reads are mistakes that their authors want to hear of. */
function reportUnknown({ app, source, problems }: Reading, served: ReadonlySet<number>): void {
  for (const name of source.values.keys()) {
    if (!source.isLabel(name)) continue;
    const [, digits, ofPort = ''] = /^HAPROXY_(0|[1-9]\d{0,3})_(.*)$/s.exec(name) ?? [];
    if (digits === undefined) {
      if (!(appSettings as readonly string[]).includes(name.slice('HAPROXY_'.length))) {
        problems.add(nameShown(name), 'is not known');
      }
    } else if (Number(digits) >= app.ports.length) {
      problems.add(nameShown(name), `the app has no port ${Number(digits)}; the first one is 0`);
    } else if (served.has(Number(digits)) && !isPortSetting(ofPort) && !Object.hasOwn(templateSettings, ofPort)) {
      problems.add(nameShown(name), 'is not known');
    }
  }
}

function nameShown(name: string): string {
  return /^[A-Z0-9_]{1,100}$/.test(name) ? name : shown(name);
}

/** Bamboo's `BAMBOO_TCP_PORT`: another port, plain TCP, for the app's first one. */
function readBambooPort(
  { app, rules, problems }: Reading,
  services: readonly ServiceSettings[],
  served: ReadonlySet<number>,
): ServiceSettings | undefined {
  const name = 'BAMBOO_TCP_PORT';
  const text = Object.hasOwn(app.env, name) ? app.env[name] : undefined;
  const first = services.find(({ portIndex }) => portIndex === 0);
  if (text === undefined || text.trim() === '' || !served.has(0)) return undefined;
  const servicePort = problems.attempt(name, 0, () => readInteger(text, 1, 65_535));
  if (servicePort === 0 || first === undefined) return undefined;
  const { servicePorts } = rules;
  if (servicePorts.length > 0 && !servicePorts.some(([low, high]) => servicePort >= low && servicePort <= high)) {
    problems.add(name, outsideRanges(servicePort, servicePorts));
    return undefined;
  }
  if (first.auth !== null) {
    problems.add(name, 'a password cannot be asked for on a plain TCP port; it is not listened on');
    return undefined;
  }
  const own = services.find((service) => service.servicePort === servicePort);
  if (own !== undefined) {
    if (own.mode === 'http') problems.add(name, `port ${servicePort} is the app's already, for HTTP`);
    return undefined;
  }
  return {
    app,
    portIndex: 0,
    port: first.port,
    servicePort,
    bindAddress: null,
    bindOptions: [],
    certificate: null,
    mode: 'tcp',
    hosts: [],
    paths: [],
    priority: null,
    balance: first.balance,
    sticky: false,
    redirectToHttps: false,
    hsts: false,
    auth: null,
    allowedNetworks: first.allowedNetworks,
    stripPrefix: null,
    locationPrefix: null,
    rootRedirect: null,
    checkPortIndex: first.checkPortIndex,
    directives: [],
    aliases: [],
  };
}
