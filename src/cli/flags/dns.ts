import { ipSources } from '../../dns/records/view.js';
import type { FlagTable } from './flag.js';

const common = { group: 'DNS', commands: ['up', 'dns'] } as const;
/** What few ever set: shown by `ekiden dns --help` alone. */
const rare = { group: 'DNS, in detail', commands: ['up', 'dns'] } as const;

/** The name server. */
export const dnsFlags = {
  dns_domain: {
    ...common,
    kind: 'string',
    text: 'zone that is served',
    default: 'mesos',
  },
  dns_ttl: {
    ...common,
    kind: 'seconds',
    text: 'time to live of the answers',
    default: 60,
    max: 2 ** 31 - 1,
  },
  dns_refresh_seconds: {
    ...common,
    kind: 'seconds',
    text: "time between two looks at the master's whole state; changes are pushed without it",
    default: 60,
    min: 1,
  },
  dns_resolvers: {
    ...common,
    kind: 'addresses',
    text: 'name servers (address or address:port) that are asked for all other names; without any, those names are refused',
    default: [],
  },
  answer_unhealthy: {
    ...common,
    kind: 'boolean',
    text: 'publish unhealthy instances like the others; without it they are left out, unless nothing else is left of a name',
    default: false,
  },
  dns_workers: {
    ...common,
    kind: 'integer',
    text: 'processes that answer queries; 0: the one that also follows the cluster',
    defaultText: 'one per core',
    max: 64,
  },
  dns_recursion_from: {
    ...rare,
    kind: 'list',
    text: 'networks, such as 10.0.0.0/8, whose clients may ask for names outside the zone; local: all that are not of the internet',
    default: ['local'],
  },
  dns_transfer_to: {
    ...rare,
    kind: 'list',
    text: 'networks, such as 10.0.0.0/8, whose clients may have the whole zone (AXFR over TCP); local as above',
    default: [],
  },
  dns_rate_limit: {
    ...rare,
    kind: 'integer',
    text: 'answers per second over UDP to one network (/24, /56) that is not in dns_recursion_from; 0: any number',
    default: 200,
    max: 1_000_000,
  },
  dns_on: {
    ...rare,
    kind: 'boolean',
    text: 'answer queries; false: only the HTTP API',
    default: true,
  },
  dns_http_on: {
    ...rare,
    kind: 'boolean',
    text: 'serve the HTTP API; false: only DNS',
    default: true,
  },
  dns_enumeration_on: {
    ...rare,
    kind: 'boolean',
    text: 'serve /v1/enumerate and /v1/axfr',
    default: true,
  },
  dns_ip_sources: {
    ...rare,
    kind: 'list',
    choices: ipSources,
    text: "where a task's address is looked for, the first one that has any decides",
    default: ['netinfo', 'mesos', 'host'],
  },
  dns_enforce_rfc952: {
    ...rare,
    kind: 'boolean',
    text: 'labels of at most 24 characters that begin with a letter, as RFC 952 asks',
    default: false,
  },
  dns_zone_resolvers: {
    ...rare,
    kind: 'list',
    text: 'name servers of single zones, as zone=address[:port]; several of a zone are tried in this order',
    default: [],
  },
  dns_resolver_timeout: {
    ...rare,
    kind: 'seconds',
    text: 'how long one resolver is waited for',
    default: 2,
    min: 1,
    max: 60,
  },
  dns_recurse_on: {
    ...rare,
    kind: 'boolean',
    text: 'say in answers from the zone that other names are looked up as well (RA)',
    default: true,
  },
  dns_set_truncate_bit: {
    ...rare,
    kind: 'boolean',
    text: 'say of answers that are cut that they are (TC), so that clients ask again over TCP',
    default: true,
  },
  dns_srv_weight: {
    ...rare,
    kind: 'integer',
    text: 'weight of SRV records',
    default: 1,
    max: 65_535,
  },
  dns_soa_mname: {
    ...rare,
    kind: 'string',
    text: 'name of the name server itself, for SOA and NS',
    defaultText: 'ns1.<dns_domain>',
  },
  dns_soa_rname: {
    ...rare,
    kind: 'string',
    text: 'mailbox of who is responsible, for SOA',
    defaultText: 'root.<dns_soa_mname>',
  },
  dns_soa_refresh: { ...rare, kind: 'seconds', text: 'refresh of the SOA record', default: 60, max: 2 ** 31 - 1 },
  dns_soa_retry: { ...rare, kind: 'seconds', text: 'retry of the SOA record', default: 600, max: 2 ** 31 - 1 },
  dns_soa_expire: { ...rare, kind: 'seconds', text: 'expire of the SOA record', default: 86_400, max: 2 ** 31 - 1 },
  dns_state_timeout: {
    ...rare,
    kind: 'seconds',
    text: "how long the master's whole state may take",
    default: 300,
    min: 1,
    max: 86_400,
  },
} as const satisfies FlagTable;
