import type { FlagTable } from './flag.js';

/** The name server. */
export const dnsFlags = {
  dns_domain: {
    kind: 'string',
    group: 'DNS',
    commands: ['up', 'dns'],
    text: 'zone that is served',
    default: 'mesos',
  },
  dns_ttl: {
    kind: 'seconds',
    group: 'DNS',
    commands: ['up', 'dns'],
    text: 'time to live of the answers',
    default: 60,
    max: 2 ** 31 - 1,
  },
  dns_refresh_seconds: {
    kind: 'seconds',
    group: 'DNS',
    commands: ['up', 'dns'],
    text: "time between two looks at the master's whole state; changes are pushed without it",
    default: 60,
    min: 1,
  },
  dns_resolvers: {
    kind: 'addresses',
    group: 'DNS',
    commands: ['up', 'dns'],
    text: 'name servers (address or address:port) that are asked for all other names; without any, those names are refused',
    default: [],
  },
} as const satisfies FlagTable;
