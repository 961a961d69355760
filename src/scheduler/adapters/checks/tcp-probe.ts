import { connect } from 'node:net';
import type { ProbeResult, ProbeTarget } from './probe.js';
import { causeOf, familyOf } from './probe.js';

/** Healthy when a connection is established. Ends early, with any result, when `signal` is aborted. */
export function probeTcp(target: ProbeTarget, signal: AbortSignal): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const socket = connect({ host: target.host, port: target.port, family: familyOf(target), signal });
    const finish = (result: ProbeResult): void => {
      socket.destroy();
      resolve(result);
    };
    socket.once('connect', () => finish({ result: 'healthy' }));
    socket.on('error', (error) => finish({ result: 'unhealthy', cause: causeOf(error) }));
  });
}
