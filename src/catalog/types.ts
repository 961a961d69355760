import type { PathId } from '../common/path-id.js';

/**
 * The read model for discovery: what edges need to know of the apps, and nothing else. It is a flat set of two kinds of
 * records, so that a change costs what was touched: apps by id, instances by task id.
 */

/** One port of an app, in the order of its definition. */
export interface CatalogPort {
  /** The port known to the load balancer (`portDefinitions[].port`, `portMappings[].servicePort`). */
  readonly servicePort: number;
  readonly protocol: string;
  readonly name?: string;
  readonly containerPort?: number;
  readonly labels: Readonly<Record<string, string>>;
}

export interface CatalogHealthCheck {
  readonly protocol: string;
  readonly path?: string;
  readonly portIndex?: number;
  readonly port?: number;
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly maxConsecutiveFailures: number;
}

export interface CatalogApp {
  readonly id: PathId;
  /** Marathon's timestamp version. */
  readonly version: string;
  /** Wanted number of instances. */
  readonly instances: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  readonly ports: readonly CatalogPort[];
  readonly healthChecks: readonly CatalogHealthCheck[];
  /** ISO 8601: when the number of instances was last changed; absent where the source does not tell. */
  readonly lastScalingAt?: string;
}

/** One instance that runs (TASK_RUNNING); others are not in the catalog. */
export interface CatalogInstance {
  readonly taskId: string;
  readonly appId: PathId;
  readonly version: string;
  readonly agentId: string;
  /** The agent's host name or address. */
  readonly host: string;
  /** Addresses of the task itself. */
  readonly ipAddresses: readonly string[];
  /** Host ports, in the order of the app's ports; 0 = this port has none and is reached at the task's own address. */
  readonly ports: readonly number[];
  /** Ports at the task's own address, in the order of the app's ports; absent when the task uses its agent's network. */
  readonly containerPorts?: readonly number[];
  /** null: it has no health checks, or none has given a result yet. */
  readonly healthy: boolean | null;
  /** Though `healthy` is not true, one of its checks is good. */
  readonly anyHealthy?: true;
  /** Whether the version that it runs has health checks; absent: what the app has now, has it. */
  readonly isChecked?: boolean;
  /** It is about to be killed: nothing new is to be sent to it. */
  readonly draining?: true;
  /** A readiness check of the deployment that brought it has not said yes. */
  readonly ready?: false;
  /** Its agent is lost to the master, so that nobody knows how it is; it may well serve. */
  readonly unreachable?: true;
  /** ISO 8601. */
  readonly startedAt: string;
}

/** Where in the feed a state stands. An epoch is one leadership of one scheduler; positions of different epochs cannot be compared. */
export interface CatalogPosition {
  readonly epoch: string;
  readonly seq: number;
}

/** What changed in one step: records set as a whole, or removed. Removing an app does not remove its instances. */
export interface CatalogChange {
  readonly apps: readonly CatalogApp[];
  readonly removedApps: readonly PathId[];
  readonly instances: readonly CatalogInstance[];
  readonly removedInstances: readonly string[];
}

/**
 * Messages of `GET /ekiden/v1/catalog/stream` (SSE): `event: snapshot` replaces everything known, `event: change` follows on
 * the position `seq - 1` of the same epoch. `id:` is `epoch:seq` and may be given back as `Last-Event-ID`.
 */
export type CatalogMessage =
  | ({
      readonly type: 'snapshot';
      readonly apps: readonly CatalogApp[];
      readonly instances: readonly CatalogInstance[];
    } & CatalogPosition)
  | ({ readonly type: 'change' } & CatalogChange & CatalogPosition);
