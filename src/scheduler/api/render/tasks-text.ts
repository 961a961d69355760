import { safePathOf } from '../../../common/path-id.js';
import { servicePortsOf } from '../../core/normalize/service-ports.js';
import { instancesOf } from '../../core/state.js';
import type { SchedulerState } from '../../core/state.js';
import type { AppDefinition } from '../../model/app-definition.js';

/**
 * Running tasks as plain text, the format that haproxy-marathon-bridge reads (marathon.md §2.4): a line for each service port,
 * `app<TAB>port<TAB>host:port<TAB>…`; a line `app<TAB> <TAB>host host ` for an app without ports. An app with no running task has its lines too.
 */
export function tasksText(state: SchedulerState, apps: Iterable<AppDefinition>): string {
  let text = '';
  for (const app of apps) {
    // Tasks with addresses of their own are not reached at the ports of their host
    if (app.networks.some(({ mode }) => mode === 'container')) continue;
    const name = safePathOf(app.id);
    const running = instancesOf(state, app.id).filter(({ condition }) => condition === 'Running');
    const servicePorts = servicePortsOf(app);
    if (servicePorts.length === 0) {
      text += `${name}\t \t${running.map(({ host }) => `${host} `).join('')}\n`;
    }
    for (const [i, servicePort] of servicePorts.entries()) {
      text += `${name}\t${servicePort}\t${running.map(({ host, ports }) => `${host}:${ports[i] ?? 0}\t`).join('')}\n`;
    }
  }
  return text;
}
