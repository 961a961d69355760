import type { PathId } from '../../../common/path-id.js';

/** The roles that a run spec may have (marathon.md §6.4). */
export interface RoleSettings {
  /** Its role when it names none. */
  readonly default: string;
  readonly allowed: readonly string[];
}

/** Settings that the canonical form of an app depends on. */
export interface DefinitionOptions {
  /** The update is laid over the current definition, otherwise it is a whole one. */
  readonly partial: boolean;
  /** `--mesos_role`. */
  readonly mesosRole: string;
  /** Which roles the run spec may have; absent: as if no group enforced its role. */
  readonly roles?: RoleSettings;
  /** The group that relative ids and dependencies are relative to; absent: the root. */
  readonly base?: PathId;
  /** `--artifact_store` is given: `storeUrls` may be used. */
  readonly hasArtifactStore?: boolean;
  /** `--enable_features`; none when absent. */
  readonly features?: readonly string[];
  /** `--default_network_name`: the name of a container network that has none. */
  readonly defaultNetworkName?: string;
  /** `--mesos_bridge_name`: an old `ipAddress.networkName` that means bridge networking (default `mesos-bridge`). */
  readonly mesosBridgeName?: string;
}
