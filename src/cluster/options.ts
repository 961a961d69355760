/** Settings of `ekiden cluster`, the embedded one-node Mesos. */
export interface ClusterOptions {
  /** Address that master and agent listen on and advertise. */
  readonly host: string;
  /** Master API (`--cluster_port`). */
  readonly masterPort: number;
  /** Agent API (`--agent_port`). */
  readonly agentPort: number;
  /** Everything is kept below `<workDir>/cluster`. */
  readonly workDir: string;
  /** Mesos' notation: `cpus:2;mem:4096;disk:10000;ports:[31000-32000]`; parts left out are detected. */
  readonly resources: string;
  /** Mesos' notation: `rack:r1;zone:a`. */
  readonly attributes: string;
  /** What the agent calls itself in offers (`--hostname`); default `host`. */
  readonly hostname: string;
}
