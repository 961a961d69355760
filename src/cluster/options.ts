import type { ZooKeeperAddress } from '../zookeeper/address.js';

/** Settings of `ekiden cluster`, the embedded Mesos of one machine. */
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
  /** Fault domain of master and agent: `region/zone`, or Mesos' JSON; none when empty or absent. */
  readonly domain?: string;
  /** Mesos' notation: `role=2,other=0.5`; 1 for roles that are not named. */
  readonly weights?: string;
  /** `role=cpus:4;mem:1024,other=cpus:2`: what roles are promised, and have at most. */
  readonly quota?: string;
  /** A directory whose files are the secrets that tasks refer to (`--secrets_dir`); none when absent. */
  readonly secretsDir?: string;
  /** Present = this master announces itself in ZooKeeper, and works only while it leads there (`--cluster_zk`). */
  readonly zookeeper?: AnnouncementOptions;
  /** Present = simulated agents instead of the one of this machine. */
  readonly simulation?: SimulationOptions;
}

/** Where masters announce themselves. */
export interface AnnouncementOptions {
  /** Its path is where the masters' nodes are. */
  readonly address: ZooKeeperAddress;
  /** Asked for; the servers may give less or more. */
  readonly sessionTimeoutMs: number;
}

/** Simulated agents: without processes, as many as wanted. Their texts may hold `{n}`, the number of the agent. */
export interface SimulationOptions {
  readonly agents: number;
  /** Mesos' notation with patterns: `rack:r{n%4}`. */
  readonly attributes: string;
  /** `region/zone` with patterns; empty = that of the master. */
  readonly domain: string;
  /** A pattern; each agent should have a name of its own. */
  readonly hostname: string;
  /** How long a task takes from its launch to TASK_RUNNING. */
  readonly startDelayMs: number;
}
