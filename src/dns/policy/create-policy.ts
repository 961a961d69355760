import { octetsOf } from '../../common/ip-address.js';
import type { Clock } from '../../common/time.js';
import type { DnsOptions } from '../options.js';
import type { Admission, ClientPolicy, ClientRights } from './client-policy.js';
import { addressTest } from './networks.js';
import { RecentMap } from './recent-map.js';
import { TokenBucket } from './token-bucket.js';

export type PolicySettings = Pick<DnsOptions, 'recursionFrom' | 'transferTo' | 'rateLimit'>;

/** Clients and networks that are remembered, at least; at most twice as many. */
const rememberedClients = 8192;

/** What is known of a client's address. */
interface Known {
  readonly rights: ClientRights;
  /** undefined: it may ask as often as it likes. */
  readonly bucket: TokenBucket | undefined;
}

/** One object for each combination of rights. */
const nothing: ClientRights = { mayRecurse: false, mayTransfer: false };
const recursion: ClientRights = { mayRecurse: true, mayTransfer: false };
const transfer: ClientRights = { mayRecurse: false, mayTransfer: true };
const everything: ClientRights = { mayRecurse: true, mayTransfer: true };

/** Of a text that is no address: of no network. */
const unknown = Buffer.alloc(0);

/** The first 24 bits of IPv4 and 56 of IPv6: what one forger of addresses, or one customer, may be taken for. */
function networkKey(octets: Buffer): string {
  return octets.toString('latin1', 0, octets.length === 4 ? 3 : 7);
}

/** Throws UsageError for networks that are none. */
export function createClientPolicy(
  { recursionFrom, transferTo, rateLimit }: PolicySettings,
  clock: Clock,
): ClientPolicy {
  const mayRecurse = addressTest(recursionFrom, 'dns_recursion_from');
  const mayTransfer = addressTest(transferTo, 'dns_transfer_to');
  const clients = new RecentMap<Known>(rememberedClients);
  const buckets = new RecentMap<TokenBucket>(rememberedClients);

  function bucketOf(octets: Buffer): TokenBucket {
    const key = networkKey(octets);
    const known = buckets.get(key);
    if (known !== undefined) return known;
    const bucket = new TokenBucket(rateLimit, clock());
    buckets.set(key, bucket);
    return bucket;
  }

  function look(address: string): Known {
    const octets = octetsOf(address) ?? unknown;
    const recurses = mayRecurse(octets);
    const rights = mayTransfer(octets) ? (recurses ? everything : transfer) : recurses ? recursion : nothing;
    return { rights, bucket: rateLimit > 0 && !recurses ? bucketOf(octets) : undefined };
  }

  function known(address: string): Known {
    const client = clients.get(address);
    if (client !== undefined) return client;
    const seen = look(address);
    clients.set(address, seen);
    return seen;
  }

  return {
    rightsOf: (address) => known(address).rights,
    admit(address): Admission {
      if (rateLimit === 0) return 'send';
      return known(address).bucket?.take(clock()) ?? 'send';
    },
  };
}
