import type { NameRecords } from '../records/record-set.js';

/** What of a zone is fixed by configuration. */
export interface ZoneSettings {
  /** In lower case, without a trailing dot. */
  readonly domain: string;
  readonly ttlSeconds: number;
  /** Weight of every SRV record; the priority is always 0. */
  readonly srvWeight: number;
  readonly soa: {
    /** MNAME, also the target of the NS record. */
    readonly nameServer: string;
    /** RNAME: the mailbox with `.` for `@`. */
    readonly mailbox: string;
    readonly refreshSeconds: number;
    readonly retrySeconds: number;
    readonly expireSeconds: number;
  };
}

/** The zone as the answer chain reads it. */
export interface Zone {
  readonly settings: ZoneSettings;
  /** SOA serial. */
  readonly serial: number;
  /** false until the cluster was seen for the first time: what is not there may well exist. */
  readonly synced: boolean;
  /** Since when nobody has told of the cluster, in milliseconds since 1970; null while somebody does. */
  readonly staleSinceMs: number | null;
  /** Why a name (in lower case) does not have what somebody may expect; of the domain itself: why it is not served yet. */
  reasonOf(name: string): string | undefined;
  readonly records: {
    find(name: string): NameRecords | undefined;
    hasNamesBelow(name: string): boolean;
  };
}

/** Whether `name` (in lower case) is the domain or below it. */
export function isInDomain(name: string, domain: string): boolean {
  return name === domain || (name.endsWith(domain) && name[name.length - domain.length - 1] === '.');
}
