import { hostnameFormOf, safePathOf } from '../../../common/path-id.js';
import type { AppDefinition, FetchUri } from '../../model/app-definition.js';
import type { Instance } from '../../model/instance.js';
import type { Offer, TaskLaunch, TaskResources } from '../../model/offer.js';
import { publishInstanceChanged } from '../instance-events.js';
import { isArchive } from '../normalize/old-forms.js';
import { attributesFor } from '../match/spread.js';
import type { PickedPorts } from '../match/ports.js';
import type { Tx } from '../tx.js';
import { assignedPorts } from '../wanted-ports.js';
import { agentCheckOf, agentHealthCheckOf } from './agent-checks.js';
import { containerLaunchOf, discoveryPortsOf } from './container-launch.js';
import { taskEnvironment } from './environment.js';
import { taskIdOf } from './task-id.js';

/** What the app wants from the artifact store, as tasks fetch it; archives are unpacked as those of `uris`. */
function fetchedArtifacts(tx: Tx, { storeUrls }: AppDefinition): FetchUri[] {
  return storeUrls.flatMap((url) => {
    const uri = tx.state.artifacts.get(url);
    return uri === undefined ? [] : [{ uri, extract: isArchive(uri), executable: false, cache: false }];
  });
}

/** Provisions an instance of `app` on `offer` (stored before its ACCEPT goes out) and returns the task to be started. */
export function launchInstance(
  tx: Tx,
  app: AppDefinition,
  offer: Offer,
  placement: PickedPorts & { readonly taken: TaskResources },
): TaskLaunch {
  const { ports, containerPorts, taken } = placement;
  const id = `${safePathOf(app.id)}.instance-${tx.surroundings.uuid()}`;
  const taskId = taskIdOf(id);
  const instance: Instance = {
    id,
    taskId,
    appId: app.id,
    appVersion: app.version,
    goal: 'Running',
    condition: 'Provisioned',
    agentId: offer.agentId,
    host: offer.hostname,
    ...(offer.region === undefined ? {} : { region: offer.region }),
    ...(offer.zone === undefined ? {} : { zone: offer.zone }),
    role: app.role,
    ...(app.constraints.length === 0 ? {} : { attributes: attributesFor(app, offer) }),
    ports,
    ...(containerPorts === undefined ? {} : { containerPorts }),
    ipAddresses: [],
    stagedAt: tx.now,
  };
  tx.putInstance(instance);
  publishInstanceChanged(tx, instance);
  tx.setDeadline(`instance:${id}`, tx.nowMs + tx.settings.taskLaunchConfirmTimeoutMs);
  const name = hostnameFormOf(app.id);
  const assigned = assignedPorts(app, instance);
  const healthCheck = agentHealthCheckOf(app, assigned);
  const check = agentCheckOf(app, assigned);
  const container = containerLaunchOf(app, taskId, assigned, tx.settings.mesosBridgeName);
  return {
    taskId,
    name,
    agentId: offer.agentId,
    resources: taken,
    command: app.cmd === undefined ? { shell: false, argv: app.args } : { shell: true, value: app.cmd },
    ...(app.user === undefined ? {} : { user: app.user }),
    env: taskEnvironment(app, instance),
    fetch: [...app.fetch, ...fetchedArtifacts(tx, app)],
    labels: app.labels,
    discovery: { name, ports: discoveryPortsOf(assigned) },
    ...(app.taskKillGracePeriodSeconds === undefined ? {} : { killGracePeriodSeconds: app.taskKillGracePeriodSeconds }),
    ...(container === undefined ? {} : { container }),
    ...(healthCheck === undefined ? {} : { healthCheck }),
    ...(check === undefined ? {} : { check }),
  };
}
