import { rfc1123Label, rfc952Label } from './label.js';
import type { LabelFunction } from './label.js';
import type { IpSource } from './view.js';

/** Everything besides the cluster that decides which records there are. */
export interface RecordOptions {
  /** The zone, in lower case, without a trailing dot. */
  readonly domain: string;
  /** The first one that yields an address decides. */
  readonly ipSources: readonly IpSource[];
  readonly enforceRfc952: boolean;
  /** Name of the name server (SOA MNAME) and the addresses it can be reached at. */
  readonly nameServer: string;
  readonly nameServerAddresses: readonly string[];
  /** `host:port` of all masters as far as they are known at the moment, in the configured order; the leader first where ZooKeeper tells of them. */
  readonly masters: readonly string[];
  /**
   * true: exactly the records of Mesos-DNS, those included that no client can ask for or receive. false: names that cannot
   * be put on the wire are repaired or left out, with a reason.
   */
  readonly quirks: boolean;
  /** Unhealthy tasks are published like healthy ones; not in exact mode, which always does. Default false. */
  readonly answerUnhealthy?: boolean;
}

/** Mesos-DNS' default order. */
export const defaultIpSources: readonly IpSource[] = ['netinfo', 'mesos', 'host'];

export function labelFunctionOf(options: Pick<RecordOptions, 'enforceRfc952'>): LabelFunction {
  return options.enforceRfc952 ? rfc952Label : rfc1123Label;
}
