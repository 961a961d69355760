import { isIP } from 'node:net';
import { UsageError } from '../common/errors.js';
import type { Logger } from '../common/logger.js';
import type { Clock } from '../common/time.js';
import type { ZoneSettings } from './answer/zone.js';
import { noCounts } from './metrics/answer-counts.js';
import type { AnswerCounts } from './metrics/answer-counts.js';
import type { DnsOptions } from './options.js';
import { createClientPolicy } from './policy/create-policy.js';
import { parseHostPort } from './records/host-port.js';
import type { ServedZone } from './served/served-zone.js';
import { startDnsServer } from './servers/dns-server.js';
import { createForwarder } from './servers/forwarder.js';
import type { Forwarder, ResolverAddress } from './servers/forwarder.js';
import { createResponder } from './servers/responder.js';
import { forwarderByZone } from './servers/zone-forwarder.js';

const maxForwarded = 1_000;

/** What answering depends on besides the zone: plain data, so that another process can be told. */
export type AnswererSettings = Pick<
  DnsOptions,
  | 'host'
  | 'dnsPort'
  | 'resolvers'
  | 'zoneResolvers'
  | 'resolverTimeoutSeconds'
  | 'recurseOn'
  | 'setTruncateBit'
  | 'recursionFrom'
  | 'transferTo'
  | 'rateLimit'
> & { readonly zone: ZoneSettings };

/** Answers queries over UDP and TCP. */
export interface Answerer {
  /** What was counted so far; the object changes. */
  readonly counts: AnswerCounts;
  close(): Promise<void>;
}

/** `address`, `address:port` or `[v6]:port`. */
function resolverAddress(text: string): ResolverAddress {
  const address = isIP(text) > 0 ? { host: text, port: 53 } : parseHostPort(text);
  if (address === undefined || isIP(address.host) === 0) {
    throw new UsageError(`--dns_resolvers: "${text}" is neither an IP address nor address:port`);
  }
  return address;
}

/** To the resolvers of all names, and of the zones that have others. */
function openForwarder({ resolvers, zoneResolvers, resolverTimeoutSeconds }: AnswererSettings): Forwarder {
  const to = (addresses: readonly string[]): Forwarder =>
    createForwarder({
      resolvers: addresses.map(resolverAddress),
      timeoutMs: resolverTimeoutSeconds * 1000,
      maxOutstanding: maxForwarded,
    });
  const zones = Object.entries(zoneResolvers).map(([zone, addresses]) => [zone, to(addresses)] as const);
  return forwarderByZone(to(resolvers), new Map(zones));
}

/** Opens the ports and answers from `zone`, which may change meanwhile. Throws UsageError for bad settings, StartupError for ports. */
export async function startAnswerer(
  settings: AnswererSettings,
  parts: {
    readonly zone: ServedZone;
    readonly logger: Logger;
    readonly clock: Clock;
    /** In [0, 1). */
    readonly random: () => number;
  },
): Promise<Answerer> {
  const { zone, logger, clock, random } = parts;
  const counts = noCounts();
  const policy = createClientPolicy(settings, clock);
  const forwarder = openForwarder(settings);
  const respond = createResponder({
    context: { zone, forwarding: forwarder.enabled, forwards: (name) => forwarder.forwards(name), random },
    forwarder,
    policy,
    logger,
    clock,
  });
  const server = await startDnsServer({
    host: settings.host,
    port: settings.dnsPort,
    flag: 'dns_port',
    respond,
    logger,
  });
  return {
    counts,
    async close() {
      forwarder.close();
      await server.close();
    },
  };
}
