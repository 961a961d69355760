import type { HealthCheck } from '../../src/scheduler/model/app-definition.js';

/** A health check with Marathon's defaults, but for what is given. */
export function healthCheck(parts: Partial<HealthCheck> & Pick<HealthCheck, 'protocol'>): HealthCheck {
  return {
    portIndex: 0,
    gracePeriodSeconds: 300,
    intervalSeconds: 60,
    timeoutSeconds: 20,
    maxConsecutiveFailures: 3,
    delaySeconds: 15,
    ignoreHttp1xx: false,
    ipProtocol: 'IPv4',
    ...parts,
  };
}
