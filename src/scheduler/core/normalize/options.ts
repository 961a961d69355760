/** Settings that the canonical form of an app depends on. */
export interface DefinitionOptions {
  /** The update is laid over the current definition, otherwise it is a whole one. */
  readonly partial: boolean;
  /** `--mesos_role`. */
  readonly mesosRole: string;
  /** `--enable_features`; none when absent. */
  readonly features?: readonly string[];
  /** `--default_network_name`: the name of a container network that has none. */
  readonly defaultNetworkName?: string;
  /** `--mesos_bridge_name`: an old `ipAddress.networkName` that means bridge networking (default `mesos-bridge`). */
  readonly mesosBridgeName?: string;
}
