import { isHostNetworking } from '../../normalize/old-forms.js';
import { elementPath, problem } from '../violations.js';
import type { Rule } from './rule.js';

const portIndexText =
  'Health check port indices must address an element of the ports array or container port mappings.';

export const healthChecksRule: Rule = function* ({ healthChecks, networks, portDefinitions, container }) {
  const portCount = isHostNetworking(networks) ? portDefinitions.length : (container?.portMappings?.length ?? 0);
  for (const [i, { protocol, command, port, portIndex, ipProtocol }] of healthChecks.entries()) {
    const path = elementPath('/healthChecks', i);
    if (protocol === 'COMMAND') {
      if (command === undefined) yield problem(`${path}/command`, 'not defined');
    } else if (portIndex === undefined ? port === undefined && portCount !== 1 : portIndex >= portCount) {
      yield problem(path, portIndexText);
    }
    const isMesos = protocol.startsWith('MESOS_');
    if (ipProtocol === 'IPv6' && !(container?.type === 'DOCKER' && isMesos)) {
      yield problem(path, 'IPv6 can only be used for container type DOCKER and Mesos http/https/tcp health checks');
    }
  }
  const byMesos = healthChecks.filter(({ protocol }) => protocol === 'COMMAND' || protocol.startsWith('MESOS_'));
  if (byMesos.length > 1) yield problem('', 'AppDefinition can contain at most one Mesos health check');
};

/** The generic check: of exactly one kind, and complete. */
export const checkRule: Rule = function* ({ check, networks, portDefinitions, container }) {
  if (check === undefined) return;
  const kinds = [check.http, check.tcp, check.exec].filter((kind) => kind !== undefined);
  if (kinds.length !== 1) yield problem('/check', 'must have exactly one of http, tcp and exec');
  const command = check.exec?.command;
  if (check.exec !== undefined && (command?.shell === undefined) === (command?.argv === undefined)) {
    yield problem('/check/exec/command', 'must have exactly one of shell and argv');
  }
  const portCount = isHostNetworking(networks) ? portDefinitions.length : (container?.portMappings?.length ?? 0);
  const index = check.http?.portIndex ?? check.tcp?.portIndex;
  if (index !== undefined && index >= portCount) {
    yield problem(
      '/check',
      'Check port indices must address an element of the ports array or container port mappings.',
    );
  }
};

/** Readiness checks: at most one, of a port that exists. */
export const readinessRule: Rule = function* ({ readinessChecks, portDefinitions, container }) {
  if (readinessChecks.length > 1) yield problem('/readinessChecks', 'may not have more than 1 readiness check');
  const names = [...portDefinitions, ...(container?.portMappings ?? [])].flatMap(({ name }) => name ?? []);
  for (const [i, { portName = '', intervalSeconds = 0, timeoutSeconds = 0 }] of readinessChecks.entries()) {
    const path = elementPath('/readinessChecks', i);
    if (!names.includes(portName)) yield problem(path, `No port definition reference for portName ${portName}`);
    if (timeoutSeconds >= intervalSeconds) {
      yield problem(
        `${path}/timeoutSeconds`,
        `must be less than intervalSeconds, which is ${intervalSeconds}, got ${timeoutSeconds}`,
      );
    }
  }
};
