import type { PathId } from '../../common/path-id.js';
import { byText } from './by-text.js';
import { listenerName } from './names.js';
import type { Certificate, Listener, ProxySettings, Report } from './routing-model.js';
import { isTcp } from './services.js';
import type { Service } from './services.js';

/** A port that an app wants to be listened on. Those of the oldest app come first. */
export interface WantedPort {
  readonly service: Service;
  readonly backend: string;
  /** The app is left out for another reason; what it has is kept for it. */
  readonly isRejected: boolean;
}

const isAny = (address: string): boolean => ['*', '0.0.0.0', '::', '[::]'].includes(address);

/** Whether two programs could not have the same port at these addresses. */
const overlap = (a: string, b: string): boolean => a === b || isAny(a) || isAny(b);

function reservedPorts(settings: ProxySettings): Map<number, string> {
  const { bindsHttpAndHttps, httpPort, httpsPort, appIdPort } = settings;
  return new Map<number, string>([
    ...(bindsHttpAndHttps
      ? ([
          [httpPort, 'the HTTP frontend'],
          [httpsPort, 'the HTTPS frontend'],
        ] as const)
      : []),
    [settings.statsPort, 'the statistics'],
    [appIdPort, 'the frontend that routes by X-Marathon-App-Id'],
    ...settings.reservedPorts.map((port) => [port, 'the API of the load balancer'] as const),
  ]);
}

/**
 * What is listened on for the service ports, without those that are not to be had: each address and port has one app, the one
 * that has it already, else the first in `wanted`. The others are left out, and told who has it.
 */
export function compileListeners(
  wanted: readonly WantedPort[],
  {
    settings,
    before,
    portProblem,
  }: {
    readonly settings: ProxySettings;
    readonly before: ReadonlyMap<string, PathId>;
    readonly portProblem: (port: number) => string | undefined;
  },
): { listeners: Omit<Listener, 'mode'>[]; reports: Report[]; owners: Map<string, PathId> } {
  const certificates = new Map<string, Certificate>(settings.certificates.map((c) => [c.path, c]));
  const reports: Report[] = [];
  const owners = new Map<string, PathId>();
  const listeners: Omit<Listener, 'mode'>[] = [];
  const refusals = refusePorts(wanted, settings, before);
  for (const want of wanted) {
    const { service, backend, isRejected } = want;
    const { servicePort, certificate, bindOptions } = service.settings;
    if (servicePort === 0) continue;
    const bind = bindOf(service, settings);
    const refused = refusals.get(want);
    if (refused === undefined) owners.set(bind, service.id);
    if (isRejected) continue;
    const file = certificate === null ? null : certificates.get(certificate);
    const missing = `the certificate ${JSON.stringify(certificate)} is not there`;
    const problem = refused ?? portProblem(servicePort) ?? (file === undefined ? missing : undefined);
    if (problem !== undefined || file === undefined) {
      reports.push({ kind: 'app', id: service.id, reason: `service port ${servicePort}: ${problem ?? missing}` });
      continue;
    }
    const name = listenerName(servicePort, addressOf(service, settings) === settings.bindAddress ? null : bind);
    listeners.push({ name, bind, port: servicePort, backend, app: service.id, certificate: file, bindOptions });
  }
  listeners.sort((a, b) => a.port - b.port || byText(a.bind, b.bind));
  return { listeners, reports, owners };
}

const addressOf = ({ settings: { bindAddress } }: Service, settings: ProxySettings): string =>
  bindAddress ?? settings.bindAddress;

const bindOf = (service: Service, settings: ProxySettings): string =>
  `${addressOf(service, settings)}:${service.settings.servicePort}`;

/** Why ports are not to be had, for those that are not. Who has one already is asked first. */
function refusePorts(
  wanted: readonly WantedPort[],
  settings: ProxySettings,
  before: ReadonlyMap<string, PathId>,
): Map<WantedPort, string> {
  const reserved = reservedPorts(settings);
  const refusals = new Map<WantedPort, string>();
  const taken = new Map<number, { readonly address: string; readonly app: PathId }[]>();
  const isOwner = ({ service }: WantedPort): boolean => before.get(bindOf(service, settings)) === service.id;
  for (const want of [...wanted.filter(isOwner), ...wanted.filter((w) => !isOwner(w))]) {
    const { service } = want;
    const { servicePort, port } = service.settings;
    if (servicePort === 0) continue;
    const address = addressOf(service, settings);
    const others = taken.get(servicePort) ?? [];
    const use = reserved.get(servicePort);
    const owner = others.find((other) => overlap(other.address, address));
    if (!Number.isInteger(servicePort) || servicePort < 1 || servicePort > 65535) {
      refusals.set(want, 'is not a port');
    } else if (!isTcp(port)) {
      refusals.set(want, `HAProxy cannot serve the protocol ${JSON.stringify(port.protocol)}`);
    } else if (use !== undefined) {
      refusals.set(want, `is kept for ${use}`);
    } else if (owner !== undefined) {
      refusals.set(want, `belongs to ${owner.app}`);
    } else {
      taken.set(servicePort, [...others, { address, app: service.id }]);
    }
  }
  return refusals;
}
