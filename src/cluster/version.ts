/** What this cluster can be taken for: the Mesos release whose APIs it speaks. */
export const mesosVersion = '1.11.0';

/** `MasterInfo.capabilities` of that release. */
export const masterCapabilities = ['AGENT_UPDATE', 'AGENT_DRAINING', 'QUOTA_V2'].map((type) => ({ type }));

/** What agents of that release say they can do. */
export const agentCapabilities = [
  'MULTI_ROLE',
  'HIERARCHICAL_ROLE',
  'RESERVATION_REFINEMENT',
  'RESOURCE_PROVIDER',
  'RESIZE_VOLUME',
  'AGENT_OPERATION_FEEDBACK',
  'AGENT_DRAINING',
  'TASK_RESOURCE_LIMITS',
].map((type) => ({ type }));

/** `/version`: the Mesos release it is compatible with, and that it is Ekiden's own build. */
export interface VersionInfo {
  readonly version: string;
  readonly build_date: string;
  /** Seconds since 1970. */
  readonly build_time: number;
  readonly build_user: string;
  readonly git_branch: string;
  readonly git_sha: string;
}

export function versionInfo(builtAtMs: number): VersionInfo {
  return {
    build_date: `${new Date(builtAtMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`,
    build_time: builtAtMs / 1000,
    build_user: 'ekiden',
    git_branch: 'ekiden (embedded cluster)',
    git_sha: '',
    version: mesosVersion,
  };
}
