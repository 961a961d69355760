import { generationMark } from '../../src/lb/compile/compile.js';
import type { Backend, Listener, RoutingModel, Server } from '../../src/lb/compile/routing-model.js';
import { templateModel } from '../../src/lb/render/template-model.js';
import type { Surroundings, TemplateModel } from '../../src/lb/render/template-model.js';

/** A server at a port of 127.0.0.1. */
export function aServer(port: number, more: Partial<Server> = {}): Server {
  return { name: `127.0.0.1_${port}`, endpoint: `127.0.0.1:${port}`, disabled: false, checkPort: null, ...more };
}

/** An http backend that does nothing special, but for what is given. */
export function aBackend(name: string, more: Partial<Backend> = {}): Backend {
  return {
    name,
    mode: 'http',
    balance: 'roundrobin',
    servers: [],
    check: { kind: 'connect', path: '/', host: null, port: null, intervalMs: 2_000, timeoutMs: 5_000, fall: 2 },
    cookie: null,
    redirectToHttps: false,
    hsts: false,
    auth: null,
    allowedNetworks: [],
    stripPrefix: null,
    locationPrefix: null,
    hosts: [],
    rootRedirect: null,
    directives: [],
    app: { id: `/${name}`, kind: 'app', labels: {}, env: {} },
    ...more,
  };
}

/** A plain listener on a port of 127.0.0.1. */
export function aListener(port: number, backend: string, more: Partial<Listener> = {}): Listener {
  return {
    name: `port_${port}`,
    bind: `127.0.0.1:${port}`,
    port,
    mode: 'http',
    backend,
    app: `/${backend}`,
    certificate: null,
    bindOptions: [],
    ...more,
  };
}

/** A model without anything, but for what is given. */
export function aModel(more: Partial<RoutingModel> = {}): RoutingModel {
  return {
    generation: generationMark,
    global: {
      maxConnections: 500,
      statsSocket: '/run/h.sock',
      serverStateFile: '/dev/null',
      user: null,
      group: null,
      hardStopAfterSeconds: 5,
    },
    stats: null,
    http: null,
    https: null,
    appId: null,
    listeners: [],
    backends: [],
    userlists: [],
    ...more,
  };
}

/** The same for templates. */
export function aTemplateModel(more: Partial<RoutingModel> = {}, around: Partial<Surroundings> = {}): TemplateModel {
  return templateModel(aModel(more), { hasPrometheus: false, certificateList: null, ...around });
}
