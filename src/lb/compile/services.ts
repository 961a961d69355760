import type { CatalogApp, CatalogPort } from '../../catalog/types.js';
import type { PathId } from '../../common/path-id.js';
import type { Deployment } from '../labels/blue-green.js';
import type { ServiceSettings } from '../labels/service-settings.js';

/** One port that is served, of one app or of the two apps of a deployment group. */
export interface Service {
  /** The app; the group's id for a deployment group. */
  readonly id: PathId;
  readonly settings: ServiceSettings;
  /** The apps whose instances are its servers. */
  readonly members: readonly CatalogApp[];
  /** null = one app by itself. */
  readonly deployment: Deployment | null;
}

export function isTcp(port: CatalogPort): boolean {
  return port.protocol === '' || port.protocol.toLowerCase().split(',').includes('tcp');
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
