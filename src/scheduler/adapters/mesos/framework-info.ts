import type { FrameworkInfo } from '../../../mesos/types.js';

/** How the scheduler presents itself to Mesos. */
export interface FrameworkSettings {
  readonly name: string;
  /** User that tasks run as unless they say otherwise; empty = the agent's. */
  readonly user: string;
  /** The role of offers that do not name one, and the only one until `subscribeRoles` names others. */
  readonly role: string;
  /** How long Mesos keeps the tasks of a scheduler that is away. */
  readonly failoverTimeoutSeconds: number;
  /** Marathon's `--checkpoint`: tasks survive a restart of their agent. Default true. */
  readonly checkpoint?: boolean;
  readonly hostname: string;
  readonly webuiUrl?: string;
  readonly principal?: string;
  /** Ask for offers of agents with GPUs (`--enable_features gpu_resources`). */
  readonly gpuResources?: boolean;
}

const capabilities = [
  'MULTI_ROLE',
  'PARTITION_AWARE',
  'TASK_KILLING_STATE',
  'RESERVATION_REFINEMENT',
  'REGION_AWARE',
] as const;

/** Marathon 1.11's FrameworkInfo for these roles. `id` is there when this framework was registered before. */
export function frameworkInfoOf(
  settings: FrameworkSettings,
  id: string | undefined,
  roles: readonly string[],
): FrameworkInfo {
  const types = [...capabilities, ...(settings.gpuResources === true ? ['GPU_RESOURCES'] : [])];
  return {
    user: settings.user,
    name: settings.name,
    ...(id === undefined ? {} : { id: { value: id } }),
    failover_timeout: settings.failoverTimeoutSeconds,
    checkpoint: settings.checkpoint ?? true,
    hostname: settings.hostname,
    ...(settings.principal === undefined ? {} : { principal: settings.principal }),
    ...(settings.webuiUrl === undefined ? {} : { webui_url: settings.webuiUrl }),
    roles,
    capabilities: types.map((type) => ({ type })),
  };
}
