import { hostnameFormOf } from '../../../common/path-id.js';
import type { AppDefinition, FetchUri } from '../../model/app-definition.js';
import type { Offer, TaskLaunch, TaskResources } from '../../model/offer.js';
import { topGroupOf } from '../groups/roles.js';
import { isArchive } from '../normalize/old-forms.js';
import type { PickedPorts } from '../match/ports.js';
import type { Tx } from '../tx.js';
import { assignedPorts } from '../wanted-ports.js';
import { agentCheckOf, agentHealthCheckOf } from './agent-checks.js';
import { containerLaunchOf, discoveryPortsOf } from './container-launch.js';
import { customExecutorOf } from './custom-executor.js';
import { taskEnvironment } from './environment.js';
import type { KnownPlace } from './known-place.js';
import { newInstanceId, provision } from './provision.js';
import { secretVariablesOf } from './secrets.js';
import { taskIdOf } from './task-id.js';

/** What the app wants from the artifact store, as tasks fetch it; archives are unpacked as those of `uris`. */
function fetchedArtifacts(tx: Tx, { storeUrls }: AppDefinition): FetchUri[] {
  return storeUrls.flatMap((url) => {
    const uri = tx.state.artifacts.get(url);
    return uri === undefined ? [] : [{ uri, extract: isArchive(uri), executable: false, cache: false }];
  });
}

/**
 * Provisions an instance of `app` on `offer` (stored before its ACCEPT goes out) and returns the task to be started. `place`: of an
 * instance that is launched in its place; otherwise it is a new one.
 */
export function launchInstance(
  tx: Tx,
  app: AppDefinition,
  offer: Offer,
  placement: PickedPorts & { readonly taken: TaskResources; readonly containers: readonly TaskResources[] },
  place?: KnownPlace,
): TaskLaunch {
  const { ports, containerPorts, taken, containers } = placement;
  const id = place?.id ?? newInstanceId(tx, app);
  const taskId = taskIdOf(id, undefined, place?.reservation.launches);
  const instance = provision(tx, app, offer, {
    id,
    taskId,
    ports,
    ...(containerPorts === undefined ? {} : { containerPorts }),
    ...(place === undefined ? {} : { reservation: place.reservation }),
  });
  const name = hostnameFormOf(app.id);
  const assigned = assignedPorts(app, instance);
  const healthCheck = agentHealthCheckOf(app, assigned);
  const check = agentCheckOf(app, assigned);
  const container = containerLaunchOf(app, taskId, assigned, tx.settings.mesosBridgeName);
  const executor = customExecutorOf(app, tx.settings.executor, taskId, containers[0]);
  const secretEnv = secretVariablesOf(app);
  const enforcesRole = tx.state.groups.get(topGroupOf(app.id) ?? '/')?.enforceRole === true;
  return {
    taskId,
    name,
    agentId: offer.agentId,
    resources: taken,
    ...(place === undefined ? {} : { reserved: place.offered }),
    command: app.cmd === undefined ? { shell: false, argv: app.args } : { shell: true, value: app.cmd },
    ...(app.user === undefined ? {} : { user: app.user }),
    env: taskEnvironment(app, instance, { prefix: tx.settings.envVarsPrefix, enforcesRole }),
    ...(secretEnv === undefined ? {} : { secretEnv }),
    ...(executor === undefined ? {} : { executor }),
    ...(app.resourceLimits === undefined ? {} : { limits: app.resourceLimits }),
    ...(app.tty === true ? { tty: true } : {}),
    fetch: [...app.fetch, ...fetchedArtifacts(tx, app)],
    labels: app.labels,
    discovery: { name, ports: discoveryPortsOf(assigned) },
    ...(app.taskKillGracePeriodSeconds === undefined ? {} : { killGracePeriodSeconds: app.taskKillGracePeriodSeconds }),
    ...(container === undefined ? {} : { container }),
    ...(healthCheck === undefined ? {} : { healthCheck }),
    ...(check === undefined ? {} : { check }),
  };
}
