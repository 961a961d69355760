import type { PathId } from '../../common/path-id.js';
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
  const reserved = reservedPorts(settings);
  const certificates = new Map<string, Certificate>(settings.certificates.map((c) => [c.path, c]));
  const reports: Report[] = [];
  const owners = new Map<string, PathId>();
  const taken = new Map<number, { readonly address: string; readonly app: PathId }[]>();
  const listeners: Omit<Listener, 'mode'>[] = [];
  const endpointOf = ({ settings: { bindAddress, servicePort } }: Service): string =>
    `${bindAddress ?? settings.bindAddress}:${servicePort}`;
  const isOwner = ({ service }: WantedPort): boolean => before.get(endpointOf(service)) === service.id;

  for (const want of [...wanted.filter(isOwner), ...wanted.filter((w) => !isOwner(w))]) {
    const { service, backend, isRejected } = want;
    const { servicePort, port, certificate, bindOptions } = service.settings;
    if (servicePort === 0) continue;
    const refuse = (why: string): void => {
      if (!isRejected) reports.push({ kind: 'app', id: service.id, reason: `service port ${servicePort}: ${why}` });
    };
    if (!Number.isInteger(servicePort) || servicePort < 1 || servicePort > 65535) {
      refuse('is not a port');
      continue;
    }
    if (!isTcp(port)) {
      refuse(`HAProxy cannot serve the protocol ${JSON.stringify(port.protocol)}`);
      continue;
    }
    const use = reserved.get(servicePort);
    if (use !== undefined) {
      refuse(`is kept for ${use}`);
      continue;
    }
    const address = service.settings.bindAddress ?? settings.bindAddress;
    const others = taken.get(servicePort) ?? [];
    const owner = others.find((other) => overlap(other.address, address));
    if (owner !== undefined) {
      refuse(`belongs to ${owner.app}`);
      continue;
    }
    taken.set(servicePort, [...others, { address, app: service.id }]);
    owners.set(endpointOf(service), service.id);
    if (isRejected) continue;
    const problem = portProblem(servicePort);
    const file = certificate === null ? null : certificates.get(certificate);
    if (problem !== undefined) {
      refuse(problem);
    } else if (file === undefined) {
      refuse(`the certificate ${JSON.stringify(certificate)} is not there`);
    } else {
      listeners.push({
        name: listenerName(servicePort, address === settings.bindAddress ? null : address),
        bind: endpointOf(service),
        port: servicePort,
        backend,
        app: service.id,
        certificate: file,
        bindOptions,
      });
    }
  }
  listeners.sort((a, b) => a.port - b.port || (a.bind < b.bind ? -1 : 1));
  return { listeners, reports, owners };
}
