import { UsageError } from '../common/errors.js';
import { hasValidSegments, resolvePathId } from '../common/path-id.js';
import type { HostClaim } from '../lb/compile/routing-model.js';

/** Reads `10000-20000` or `8080`. Throws UsageError. */
export function readPortRange(flag: string, text: string): readonly [number, number] {
  const [, first = '', last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text.trim()) ?? [];
  const range = [Number(first), Number(last)] as const;
  if (first === '' || range[0] < 1 || range[1] > 65_535 || range[0] > range[1]) {
    throw new UsageError(`--${flag} ${text}: not a port such as 8080 or a range such as 10000-20000`);
  }
  return range;
}

/** The range out of which service ports are assigned; null when neither end is given. Throws UsageError when only one is, or they are the wrong way round. */
export function assignedPorts(first: number, last: number): readonly [number, number] | null {
  if (first === 0 && last === 0) return null;
  if (first === 0 || last < first) {
    throw new UsageError(
      `--min_serv_port_ip_per_task ${first} and --max_serv_port_ip_per_task ${last}: not a range of ports`,
    );
  }
  return [first, last];
}

const claimedHost = /^(?:\*\.)?(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/;

/** Reads `*.shop.example.org=/shop`. Throws UsageError. */
export function readHostClaim(text: string): HostClaim {
  const [host = '', group] = text.toLowerCase().split('=', 2);
  if (!claimedHost.test(host) || group === undefined || !hasValidSegments(resolvePathId(group))) {
    throw new UsageError(`--lb_host_claims ${text}: not a host and a group, such as *.shop.example.org=/shop`);
  }
  return { host, group: resolvePathId(group) };
}
