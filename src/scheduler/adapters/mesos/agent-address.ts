import type { OperatorAgent } from '../../../mesos/types.js';
import { formatServer } from '../../../zookeeper/address.js';

const defaultPort = 5051;

/** The IP address and the port in `slave(1)@10.0.0.1:5051`. */
const pidPattern = /@(.+:\d{1,5})$/;

/**
 * `host:port` of an agent's HTTP API: the address by which the master reaches it. With TLS its name, which a certificate is for. Undefined
 * for an agent that has neither.
 */
export function agentAddressOf(
  { pid = '', agent_info: { hostname, port = defaultPort } }: Pick<OperatorAgent, 'pid' | 'agent_info'>,
  scheme: 'http' | 'https',
): string | undefined {
  const byName = hostname === '' ? undefined : formatServer({ host: hostname, port });
  const byAddress = pidPattern.exec(pid)?.[1];
  return scheme === 'https' ? (byName ?? byAddress) : (byAddress ?? byName);
}
