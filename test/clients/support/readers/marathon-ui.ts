/** marathon-ui at 698254a7: src/js/actions and src/js/stores. */
import type { WireAnswer } from '../wire.js';

/** src/js/actions/AppsActions.js, `requestApps`: the whole tree every five seconds. */
export const groupsPath =
  '/v2/groups?embed=group.groups&embed=group.apps&embed=group.apps.deployments&embed=group.apps.counts&embed=group.apps.readiness';

/** AppsActions.js, `requestApp`. */
export function appPath(id: string): string {
  return `/v2/apps/${id}?embed=app.taskStats&embed=app.readiness`;
}

export interface UiApp {
  readonly id: string;
  readonly instances: number;
  readonly cpus: number;
  readonly mem: number;
  readonly tasksRunning: number;
  readonly tasksStaged: number;
  readonly tasksHealthy: number;
  readonly tasksUnhealthy: number;
  readonly deployments: readonly { readonly id: string }[];
}

export interface UiGroup {
  readonly id: string;
  readonly apps: readonly UiApp[];
  readonly groups: readonly UiGroup[];
}

/** src/js/stores/AppsStore.js, `getApps`: every app of the tree; a number that is not there shows as NaN. */
export function appsOf(answer: WireAnswer): readonly UiApp[] {
  const flatten = ({ apps, groups }: UiGroup): readonly UiApp[] => [...apps, ...groups.flatMap(flatten)];
  const apps = flatten(answer.json() as UiGroup);
  for (const app of apps) {
    const { id, instances, cpus, mem, tasksRunning, tasksStaged, tasksHealthy, tasksUnhealthy } = app;
    const shown = { instances, cpus, mem, tasksRunning, tasksStaged, tasksHealthy, tasksUnhealthy };
    for (const [name, value] of Object.entries(shown)) {
      if (typeof value !== 'number') throw new Error(`${id}: ${name} is shown as NaN`);
    }
    if (!Array.isArray(app.deployments)) throw new Error(`${id}: deployments is not a list`);
  }
  return apps;
}

export type UiStatus = 'Running' | 'Deploying' | 'Suspended' | 'Delayed' | 'Waiting';

/** src/js/stores/schemes and AppsStore.js: what the list says of an app, with the launch queue. */
export function statusOf(app: UiApp, queue: WireAnswer): UiStatus {
  const entries = (
    queue.json() as {
      readonly queue: readonly {
        readonly app?: { readonly id: string };
        readonly delay: { readonly overdue: boolean; readonly timeLeftSeconds: number };
      }[];
    }
  ).queue;
  const entry = entries.find((candidate) => candidate.app?.id === app.id);
  if (entry?.delay.overdue === true) return 'Waiting';
  if (entry !== undefined && entry.delay.timeLeftSeconds > 0) return 'Delayed';
  if (app.deployments.length > 0) return 'Deploying';
  return app.instances === 0 && app.tasksRunning === 0 ? 'Suspended' : 'Running';
}

/** src/js/actions/DeploymentActions.js: the columns of the deployments page. */
export function deploymentsOf(
  answer: WireAnswer,
): readonly { readonly id: string; readonly progress: string; readonly actions: readonly string[] }[] {
  return (
    answer.json() as readonly {
      readonly id: string;
      readonly currentStep: number;
      readonly totalSteps: number;
      readonly currentActions: readonly { readonly action: string; readonly app?: string }[];
    }[]
  ).map(({ id, currentStep, totalSteps, currentActions }) => ({
    id,
    progress: `${currentStep}/${totalSteps}`,
    actions: currentActions.map(({ action, app = '' }) => `${action} ${app}`),
  }));
}
