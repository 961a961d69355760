/** Resources of an agent or a framework: scalars are sums over roles, volumes and all. */
export interface ResourceFacts {
  readonly cpus: number;
  readonly memMib: number;
  readonly diskMib: number;
  readonly gpus: number;
  /** Ranges as Mesos writes them: `[31000-31099, 31105-32000]`. */
  readonly ports: string;
}

/** An agent as the leading master knows it. */
export interface AgentFacts {
  readonly id: string;
  readonly host: string;
  /** `host:port` of its HTTP API. */
  readonly address: string;
  readonly registeredAtMs: number | undefined;
  readonly total: ResourceFacts;
  /** By tasks and executors of all frameworks. */
  readonly used: ResourceFacts;
  /** As text, by name. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly region: string | undefined;
  readonly zone: string | undefined;
  /** Why nothing of it is offered; undefined: it is. */
  readonly withheld: string | undefined;
  /** Tasks of all frameworks that have not ended. */
  readonly tasks: number;
}

/** A framework that is registered with the leading master. */
export interface FrameworkFacts {
  readonly id: string;
  readonly name: string;
  readonly roles: readonly string[];
  readonly active: boolean;
  readonly connected: boolean;
  readonly webuiUrl: string | undefined;
  /** That have not ended. */
  readonly tasks: number;
  readonly used: ResourceFacts;
}

/** What the cluster is made of, for those who look at it. Both reject when no master answers, with the reason for a reader. */
export interface ClusterFacts {
  agents(): Promise<readonly AgentFacts[]>;
  frameworks(): Promise<readonly FrameworkFacts[]>;
}
