import type { ProxySettings } from '../../src/lb/compile/routing-model.js';

/** Settings of a load balancer as `ekiden lb` has them without any option, but for what is given. */
export function proxySettings(more: Partial<ProxySettings> = {}): ProxySettings {
  return {
    bindAddress: '0.0.0.0',
    httpPort: 80,
    httpsPort: 443,
    statsPort: 9090,
    appIdPort: 0,
    bindsHttpAndHttps: true,
    reservedPorts: [8000],
    maxConnections: 1_000,
    statsSocket: '/run/h.sock',
    account: null,
    hardStopAfterSeconds: 300,
    mapsDirectory: '/run/maps',
    serverStateFile: '/run/h.servers',
    certificates: [],
    isStrictSni: false,
    statsCredentials: null,
    statsPath: null,
    emptyServices: 'keep',
    health: 'all',
    defaultRule: 'none',
    hostClaims: [],
    ...more,
  };
}
