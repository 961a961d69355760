/**
 * What the processes that answer queries are told of the zone. It holds what an answer needs and nothing of where it comes from, and is
 * plain data: it crosses the border of a process.
 */

/** The records of one name, as their data; what is absent is empty. Never empty as a whole. */
export interface NameData {
  /** Dotted IPv4. */
  readonly a?: readonly string[];
  /** RFC 5952. */
  readonly aaaa?: readonly string[];
  /** Without the dot at the end, and the port. */
  readonly srv?: readonly (readonly [target: string, port: number])[];
  /** Names of PTR records. */
  readonly ptr?: readonly string[];
}

export interface ZoneChange {
  /** Names (in lower case, no dot at the end) with all their records now; null: it has none any more. */
  readonly names: readonly (readonly [name: string, data: NameData | null])[];
  /** Why a name does not have what somebody may expect, for a human; null: there is nothing to say any more. */
  readonly reasons: readonly (readonly [name: string, reason: string | null])[];
  /** SOA serial. */
  readonly serial: number;
  /** false until the cluster was seen for the first time: what is not there may well exist. */
  readonly synced: boolean;
  /** Since when nobody has told of the cluster, in milliseconds since 1970; null while somebody does. */
  readonly staleSinceMs: number | null;
}
