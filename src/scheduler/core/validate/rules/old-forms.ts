import type { AppJson } from '../../normalize/app-json.js';
import { containerTypeOf } from '../../normalize/defaults.js';
import { problem } from '../violations.js';
import type { Problem } from '../violations.js';

/** What a request must not mix or use of the input forms before 1.5 (Marathon's `validateOldAppAPI`). */
export function* oldFormProblems(app: AppJson): Iterable<Problem> {
  const { container, fetch, ipAddress, networks, portDefinitions, ports, uris } = app;
  const docker = container?.docker;
  const type = container === undefined ? undefined : containerTypeOf(container);

  if (uris !== undefined && uris.length > 0 && fetch !== undefined && fetch.length > 0) {
    yield problem('/uris', 'may not be set in conjunction with fetch');
  }
  if (ports !== undefined && portDefinitions !== undefined) {
    const same =
      ports.length === portDefinitions.length && ports.every((p, i) => p === (portDefinitions[i]?.port ?? 0));
    if (!same) yield problem('', 'cannot specify both ports and port definitions');
  }
  if (ipAddress !== undefined && (ports?.length ?? 0) + (portDefinitions?.length ?? 0) > 0) {
    yield problem('', 'cannot specify both an IP address and port');
  }
  if (type === 'DOCKER' && (ipAddress?.discovery?.ports?.length ?? 0) > 0) {
    yield problem('', 'ipAddress/discovery is not allowed for Docker containers');
  }
  if (networks !== undefined && (ipAddress !== undefined || docker?.network !== undefined)) {
    yield problem('', 'cannot mix deprecated and canonical network APIs');
  }
  if (docker?.network === 'NONE') {
    yield problem('/container/docker/network', 'NONE is not supported: use a container network, or host networking');
  }
  if (docker?.portMappings !== undefined && container?.portMappings !== undefined && type === 'DOCKER') {
    yield problem('', 'cannot specify both portMappings and docker.portMappings');
  }
  if (docker?.credential !== undefined) yield problem('/container/docker/credential', 'must be empty');
  if (type === 'MESOS') {
    if (docker?.network !== undefined) yield problem('/container/docker/network', 'must be empty');
    if ((docker?.portMappings?.length ?? 0) > 0) yield problem('/container/docker/portMappings', 'must be empty');
    if ((docker?.parameters?.length ?? 0) > 0) yield problem('/container/docker/parameters', 'must be empty');
  }
}
