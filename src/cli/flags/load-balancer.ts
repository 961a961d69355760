import type { FlagTable } from './flag.js';

/** The load balancer, and how it and the name server reach the schedulers. */
export const loadBalancerFlags = {
  marathon: {
    kind: 'urls',
    group: 'Load balancer',
    commands: ['dns', 'lb'],
    text: 'schedulers: lb routes to their apps, dns learns from them which instances are healthy; e.g. http://m1:8080,https://m2:8443',
    requiredFor: ['lb'],
  },
  marathon_credentials: {
    kind: 'credentials',
    group: 'Load balancer',
    commands: ['up', 'dns', 'lb'],
    shared: true,
    secret: true,
    text: 'user:password for them; rather in the environment than on the command line',
    defaultText: 'with up those of http_credentials',
  },
  marathon_ca: {
    kind: 'path',
    group: 'Load balancer',
    commands: ['up', 'dns', 'lb'],
    shared: true,
    text: 'PEM file with what to trust besides the usual authorities: an authority, or the certificates of the schedulers themselves',
    defaultText: "with up the API's own certificate",
  },
  haproxy_bind: {
    kind: 'ip',
    group: 'Load balancer',
    commands: ['up', 'lb'],
    text: 'address that HAProxy binds its ports to',
    defaultText: '--host',
  },
  haproxy_path: {
    kind: 'path',
    group: 'Load balancer',
    commands: ['up', 'lb'],
    text: 'the haproxy program, by name or path',
    default: 'haproxy',
  },
  keep_haproxy: {
    kind: 'boolean',
    group: 'Load balancer',
    commands: ['up', 'lb'],
    text: 'HAProxy runs on when this ends, and the next start takes it over: an upgrade without a gap',
    default: false,
  },
  haproxy_template: {
    kind: 'path',
    group: 'Load balancer',
    commands: ['up', 'lb'],
    text: 'Handlebars template of the HAProxy configuration',
    defaultText: 'templates/haproxy.cfg.hbs',
  },
  rules_file: {
    kind: 'path',
    group: 'Load balancer',
    commands: ['up', 'lb'],
    text: 'file that holds the routing rules',
    defaultText: '<work_dir>/lb/rules.json',
  },
} as const satisfies FlagTable;
