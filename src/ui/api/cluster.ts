/** `GET /ekiden/v1/agents`: the agents of the cluster, as the leading master knows them. */
export interface Agents {
  readonly agents: readonly Agent[];
}

/** Scalars are sums over roles; memory and disk in MiB. */
export interface Resources {
  readonly cpus: number;
  readonly mem: number;
  readonly disk: number;
  readonly gpus: number;
  /** Ranges of free or used ports, as Mesos writes them: `[31000-31099, 31105-32000]`. */
  readonly ports: string;
}

export interface Agent {
  readonly id: string;
  readonly host: string;
  /** `host:port` of its API. */
  readonly address: string;
  readonly registeredAt: string | null;
  readonly total: Resources;
  readonly used: Resources;
  /** `attribute → value`, as text. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly region: string | null;
  readonly zone: string | null;
  /** Why nothing of it is offered (maintenance, deactivated, draining …), in words; null: it is. */
  readonly withheld: string | null;
  /** Of apps and pods of this scheduler; more are counted, not listed, above 1,000. */
  readonly tasks: readonly { readonly id: string; readonly app: string; readonly state: string }[];
  readonly taskCount: number;
  /** Of other frameworks. */
  readonly otherTasks: number;
}

/** `GET /ekiden/v1/frameworks`: who shares the cluster. */
export interface Frameworks {
  readonly frameworks: readonly {
    readonly id: string;
    readonly name: string;
    readonly roles: readonly string[];
    readonly active: boolean;
    readonly connected: boolean;
    readonly webuiUrl: string | null;
    readonly tasks: number;
    readonly used: Resources;
    /** This scheduler. */
    readonly isOwn: boolean;
  }[];
}
