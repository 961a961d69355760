/** Who wants a route. */
export type RouteSource =
  | { readonly kind: 'rule'; readonly id: string }
  | { readonly kind: 'label'; readonly app: string; readonly portIndex: number }
  | { readonly kind: 'default'; readonly app: string };

export interface ExplainedRoute {
  readonly name: string;
  readonly source: RouteSource;
  /** In words: `host shop.example.com, path below /cart`. */
  readonly condition: string;
  readonly priority: number;
  readonly backend: string;
  readonly app: string | null;
  /** What has to be so for it to take the request. */
  readonly depends?: string;
}

/** `GET /ekiden/v1/routes?offset=&limit=`: all routes in the order in which they are tried. */
export interface RouteList {
  readonly routes: readonly ListedRoute[];
  readonly total: number;
  /** Not all pairs of routes were held against each other. */
  readonly isShadowingCut: boolean;
}

export interface ListedRoute extends ExplainedRoute {
  /** From 1 on. */
  readonly position: number;
  readonly servers: { readonly live: number | null; readonly all: number };
  readonly shadowedBy: readonly string[];
  readonly shadows: readonly string[];
}

/** `GET /api/explain` (docs/load-balancer-explain.md): what becomes of a request, and why. */
export interface Explanation {
  readonly text: string;
  readonly request: {
    readonly host: string | null;
    readonly path: string;
    readonly method: string;
    readonly port: number;
    readonly scheme: 'http' | 'https' | 'tcp';
  };
  readonly connection: {
    readonly kind: 'http' | 'https' | 'appId' | 'service' | 'statistics' | 'api' | 'none';
    readonly frontend: string | null;
    readonly app: string | null;
    readonly text: string;
  };
  readonly route: ExplainedRoute | null;
  readonly possible: readonly ExplainedRoute[];
  readonly shadowed: readonly ExplainedRoute[];
  readonly backend: ExplainedBackend | null;
  readonly onTheWay: readonly string[];
  readonly leftOut: readonly Report[];
  readonly similarHosts: readonly string[];
  readonly isCut: boolean;
}

export interface ExplainedBackend {
  readonly name: string;
  readonly app: string | null;
  readonly mode: string;
  readonly balance: string;
  readonly statesFrom: 'haproxy' | 'configuration';
  readonly servers: readonly ExplainedServer[];
}

export interface ExplainedServer {
  readonly name: string;
  readonly endpoint: string;
  readonly state: 'up' | 'down' | 'draining' | 'disabled' | 'unknown';
  readonly status: string | null;
  readonly sessions: number | null;
  readonly check: string | null;
  readonly taskId: string | null;
}

/** Something that is left out, or not as its owner wants it. */
export interface Report {
  readonly kind: string;
  readonly id: string;
  readonly reason: string;
}

/** `POST /api/plan`: what a change of the rules would do. */
export interface Preview {
  readonly text: string;
  readonly accepted: boolean;
  readonly refusals: readonly {
    readonly stage: 'rule' | 'compile' | 'template' | 'haproxy';
    readonly id: string | null;
    readonly reason: string;
  }[];
  readonly plan: PreviewPlan | null;
  readonly checked: boolean;
  readonly diff: {
    readonly text: string;
    readonly added: number;
    readonly removed: number;
    readonly isCut: boolean;
  } | null;
  readonly maps: readonly {
    readonly file: string;
    readonly entries: readonly { readonly key: string; readonly from: string | null; readonly to: string | null }[];
    readonly total: number;
  }[];
  readonly routes: readonly ChangedRoute[];
  readonly totalRoutes: number;
  readonly shadows: readonly { readonly route: string; readonly by: string; readonly text: string }[];
  readonly totalShadows: number;
  readonly reports: { readonly added: readonly Report[]; readonly solved: readonly Report[] };
}

export type PreviewPlan =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'runtime'; readonly changes: readonly RuntimeChange[]; readonly total: number }
  | { readonly kind: 'reload'; readonly reasons: readonly string[] };

/** What HAProxy would be told. */
export type RuntimeChange =
  | {
      readonly kind: 'add-server' | 'withdraw-server' | 'set-address';
      readonly backend: string;
      readonly server: string;
      readonly endpoint: string;
    }
  | { readonly kind: 'set-state'; readonly backend: string; readonly server: string; readonly state: string }
  | { readonly kind: 'set-weight'; readonly backend: string; readonly server: string; readonly weight: number }
  | {
      readonly kind: 'change-map';
      readonly file: string;
      /** null: it goes. */
      readonly entries: Readonly<Record<string, string | null>>;
      readonly total: number;
    };

export interface ChangedRoute extends ExplainedRoute {
  readonly effect: 'gained' | 'lost' | 'moved';
  readonly example: {
    readonly host: string | null;
    readonly path: string;
    readonly before: string | null;
    readonly after: string | null;
  } | null;
}
