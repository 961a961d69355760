/** `GET /ekiden/v1/rules` of a load balancer (docs/load-balancer-rules.md). */
export interface ShownRules {
  readonly store: {
    readonly kind: 'file' | 'zookeeper';
    readonly where: string;
    /** Whether other load balancers have the same rules. */
    readonly shared: boolean;
    readonly problem: string | null;
  };
  readonly rules: readonly ShownRule[];
  /** What is stored beside them and cannot be used. */
  readonly leftOut: readonly { readonly id: string; readonly reason: string }[];
}

export interface ShownRule {
  readonly id: string;
  readonly acl: string;
  /** Bamboo's `Config`: `Acl`, `Priority`, `Servers`, `Port`, and keys that mean nothing here. */
  readonly config: RuleConfig;
  /** null: they cannot be read. */
  readonly settings: {
    readonly priority: number;
    readonly servers: readonly string[];
    readonly portIndex: number | null;
  } | null;
  readonly state: 'inForce' | 'shadowed' | 'rejected' | 'waiting';
  /** Why it is not as its owner wants it; null when it is. */
  readonly reason: string | null;
}

export type RuleConfig = Readonly<Record<string, string>>;

/** `GET /ekiden/v1/rules/history`: the newest first. */
export interface RuleChanges {
  readonly changes: readonly RuleChange[];
}

export interface RuleChange {
  readonly n: number;
  readonly at: string;
  readonly id: string;
  /** null: there was none. */
  readonly before: RuleConfig | null;
  readonly after: RuleConfig | null;
  /** A user, an address, or `file` or `zookeeper`, where it was changed there. */
  readonly by: string;
  /** The change that it takes back. */
  readonly reverts?: number;
}

/** `GET /api/state`, as far as it is read here: Bamboo's model. null: no scheduler has told of its apps yet. */
export type BambooState = {
  readonly Apps: readonly {
    readonly Id: string;
    readonly ServicePorts: readonly number[];
    readonly Tasks: readonly { readonly Alive: boolean }[];
  }[];
} | null;
