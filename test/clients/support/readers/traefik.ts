/** Traefik v2.11.53 (e31d5708e4), pkg/provider/marathon, on go-marathon. */
import { unmarshal } from '../go-json.js';
import type { WireAnswer } from '../wire.js';
import { applications } from './go-marathon.js';
import type { Application } from './go-marathon.js';

/** marathon.go, the types it listens to: each leads to a full read. */
export const listenedTo: ReadonlySet<string> = new Set([
  'status_update_event',
  'health_status_changed_event',
  'deployment_success',
  'deployment_failed',
  'deployment_info',
  'deployment_step_success',
  'deployment_step_failure',
  'add_health_check_event',
  'app_terminated_event',
]);

/** marathon.go, `getConfigurations`: one read with three embeds. */
export const appsPath = '/v2/apps?embed=apps.tasks&embed=apps.deployments&embed=apps.readiness';

/** config.go, `taskFilter` and `isReady`: a task that runs, whose checks say yes and which is ready while its app is deployed. */
function isRouted(app: Application, task: Application['tasks'][number], nowMs: number): boolean {
  if (task.state !== 'TASK_RUNNING') return false;
  if (task.healthCheckResults.some(({ alive }) => !alive)) return false;
  if (app.deployments.length === 0) return true;
  const result = app.readinessCheckResults?.find(({ taskId }) => taskId === task.id);
  if (result !== undefined) return result.ready;
  const startedMs = Date.parse(task.startedAt);
  return !Number.isNaN(startedMs) && nowMs >= startedMs;
}

/** config.go, `getServer`: the URL of each task that takes part: the container's own address in a container network. */
export function serversOf(answer: WireAnswer, nowMs: number): Readonly<Record<string, readonly string[]>> {
  const { apps } = unmarshal(applications, answer.text);
  return Object.fromEntries(
    apps.map((app) => [
      app.id,
      app.tasks
        .filter((task) => isRouted(app, task, nowMs))
        .map((task) => {
          const isContainerNet = app.networks?.[0]?.mode === 'container';
          const host = isContainerNet ? (task.ipAddresses[0]?.ipAddress ?? '') : task.host;
          const port = isContainerNet ? app.container?.portMappings[0]?.containerPort : task.ports[0];
          return `http://${host}:${port ?? 0}`;
        }),
    ]),
  );
}
