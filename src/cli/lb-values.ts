import { UsageError } from '../common/errors.js';
import { hasValidSegments, resolvePathId } from '../common/path-id.js';
import type { HostClaim } from '../lb/compile/routing-model.js';
import type { StatsdTarget } from '../lb/metrics/statsd.js';

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

/** Reads `host` or `host:port`, and what names begin with. Throws UsageError. */
export function readStatsd(text: string, prefix: string): StatsdTarget {
  const [, host = '', port = '8125'] = /^([^\s:/]{1,253})(?::(\d{1,5}))?$/.exec(text) ?? [];
  if (host === '' || Number(port) < 1 || Number(port) > 65_535) {
    throw new UsageError(`--lb_statsd ${text}: not a host such as statsd.example.org:8125`);
  }
  if (!/^[\w.-]{0,200}$/.test(prefix))
    throw new UsageError(`--lb_statsd_prefix ${prefix}: letters, digits and . - _ only`);
  return { host, port: Number(port), prefix: prefix.replace(/\.+$/, '') };
}
