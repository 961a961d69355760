import { isIP } from 'node:net';
import { UsageError } from '../common/errors.js';
import type { Logger } from '../common/logger.js';
import type { Clock } from '../common/time.js';
import type { ZoneSettings } from './answer/zone.js';
import { FastAnswers } from './fast/fast-answers.js';
import { createUpstream } from './forward/create-upstream.js';
import type { ResolverAddress } from './forward/exchange.js';
import type { Upstream } from './forward/upstream.js';
import { noCounts } from './metrics/answer-counts.js';
import type { AnswerCounts } from './metrics/answer-counts.js';
import type { DnsOptions } from './options.js';
import { createClientPolicy } from './policy/create-policy.js';
import { parseHostPort } from './records/host-port.js';
import type { ServedZone } from './served/served-zone.js';
import { startDnsServer } from './servers/dns-server.js';
import { createResponder } from './servers/responder.js';
import { createZoneTransfers } from './transfer/zone-transfers.js';

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
function openForwarder(settings: AnswererSettings, counts: AnswerCounts, clock: Clock): Upstream {
  const { resolvers, zoneResolvers, resolverTimeoutSeconds } = settings;
  return createUpstream({
    resolvers: resolvers.map(resolverAddress),
    zoneResolvers: new Map(
      Object.entries(zoneResolvers).map(([zone, addresses]) => [zone, addresses.map(resolverAddress)]),
    ),
    timeoutMs: resolverTimeoutSeconds * 1000,
    counts,
    clock,
  });
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
    /** How long to wait for a port that is in use; default: not at all. */
    readonly portPatienceMs?: number;
  },
): Promise<Answerer> {
  const { zone, logger, clock, random, portPatienceMs = 0 } = parts;
  const counts = noCounts();
  const policy = createClientPolicy(settings, clock);
  const forwarder = openForwarder(settings, counts, clock);
  const respond = createResponder({
    context: {
      zone,
      forwarding: forwarder.enabled,
      forwards: (name) => forwarder.forwards(name),
      recurseOn: settings.recurseOn,
      recursionFrom: settings.recursionFrom,
      transferTo: settings.transferTo,
      random,
    },
    forwarder,
    policy,
    transfers: createZoneTransfers({ zone, counts, clock }),
    logger,
    clock,
  });
  const { setTruncateBit } = settings;
  const recursion = settings.recurseOn && forwarder.enabled ? policy : undefined;
  const fast = new FastAnswers({ zone, recursion, setTruncateBit, random });
  const server = await startDnsServer(
    { host: settings.host, port: settings.dnsPort, flag: 'dns_port', patienceMs: portPatienceMs },
    { fast, respond, policy, counts, setTruncateBit, logger },
  );
  return {
    counts,
    async close() {
      forwarder.close();
      await server.close();
    },
  };
}
