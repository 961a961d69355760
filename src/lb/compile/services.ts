import type { CatalogApp, CatalogPort } from '../../catalog/types.js';
import type { PathId } from '../../common/path-id.js';
import type { Deployment } from '../labels/blue-green.js';
import type { ServiceSettings } from '../labels/service-settings.js';
import { labelRoutes } from './label-routes.js';
import { backendName } from './names.js';
import type { Route } from './routing-model.js';

/** One port that is served, of one app or of the two apps of a deployment group. */
export interface Service {
  /** The app; the group's id for a deployment group. */
  readonly id: PathId;
  /** Of its backend. */
  readonly name: string;
  /** What its labels ask for. */
  readonly routes: readonly Route[];
  readonly settings: ServiceSettings;
  /** The apps whose instances are its servers. */
  readonly members: readonly CatalogApp[];
  /** null = one app by itself. */
  readonly deployment: Deployment | null;
}

export function isTcp(port: CatalogPort): boolean {
  return port.protocol === '' || port.protocol.toLowerCase().split(',').includes('tcp');
}

/** The service of one app by itself. */
export function serviceOf(id: PathId, settings: ServiceSettings): Service {
  const name = backendName(id, settings.portIndex, settings.servicePort);
  const routes = isTcp(settings.port) ? labelRoutes(id, settings, name) : [];
  return { id, name, routes, settings, members: [settings.app], deployment: null };
}

/** A port that no setting says anything about, because its app is not one of those that are served here: a rule leads to it. */
export function plainSettings(app: CatalogApp, portIndex: number, port: CatalogPort): ServiceSettings {
  return {
    app,
    portIndex,
    port,
    servicePort: 0,
    bindAddress: null,
    bindOptions: [],
    certificate: null,
    mode: 'http',
    hosts: [],
    paths: [],
    priority: null,
    balance: 'roundrobin',
    sticky: false,
    redirectToHttps: false,
    hsts: false,
    auth: null,
    allowedNetworks: [],
    stripPrefix: null,
    locationPrefix: null,
    rootRedirect: null,
    checkPortIndex: null,
    directives: [],
    aliases: [],
  };
}
