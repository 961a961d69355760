import type { Preview } from './routing.js';

/**
 * `POST /ekiden/v1/plan` of the scheduler, with one of `{app}`, `{apps}`, `{group}` and `{pod}`: what a change would do. Refused as the change
 * itself would be. `?edges=false`: without those.
 */
export interface ChangePlan {
  readonly changes: readonly PlannedChange[];
  readonly groups: readonly PlannedGroup[];
  readonly steps: readonly { readonly actions: readonly PlannedAction[] }[];
  readonly conflicts: {
    /** Those that are in the way: the change is refused while they run, but by force. */
    readonly deployments: readonly { readonly id: string }[];
    /** So many deployments run, and more are not allowed. */
    readonly deploymentLimit?: number;
  };
  readonly agents:
    { readonly known: true; readonly count: number } | { readonly known: false; readonly reason: string };
  /** Absent: they were not asked, or are not for this reader. */
  readonly edges?: readonly PlannedEdge[];
}

/** One action of a step: Marathon's word for it, and what it is about. */
export interface PlannedAction {
  readonly action: string;
  readonly app?: string;
  readonly pod?: string;
}

export interface PlannedChange {
  /** One of the two. */
  readonly app?: string;
  readonly pod?: string;
  readonly effect: 'create' | 'delete' | 'restart' | 'scale';
  readonly summary: string;
  readonly instances: { readonly from: number; readonly to: number; readonly running: number };
  /** Of what is created: with all defaults. */
  readonly definition?: Readonly<Record<string, unknown>>;
  readonly differences?: readonly PlannedDifference[];
  readonly placement?: PlannedPlacement;
}

export interface PlannedGroup {
  readonly group: string;
  readonly effect: 'create' | 'delete' | 'change';
  readonly differences?: readonly PlannedDifference[];
}

/** `path`: a JSON Pointer. Without `from` it is new, without `to` it goes. */
export interface PlannedDifference {
  readonly path: string;
  readonly from?: unknown;
  readonly to?: unknown;
}

/** Where new instances would go with what is free now. */
export interface PlannedPlacement {
  readonly wanted: number;
  readonly placed: number;
  readonly missing: number;
  /** So many were not tried: there are too many. */
  readonly untried: number;
  readonly agents: readonly { readonly agentId: string; readonly hostname: string; readonly instances: number }[];
  readonly refusingAgents: number;
  /** The first 100. */
  readonly refusing: readonly {
    readonly agentId: string;
    readonly hostname: string;
    readonly refusals: readonly { readonly reason: string; readonly needed: string; readonly had: string }[];
  }[];
}

/** What an edge says; `plan` is a DnsPlan or a Preview, by its role. */
export type PlannedEdge =
  | { readonly edge: string; readonly role: 'dns'; readonly plan: DnsPlan }
  | { readonly edge: string; readonly role: 'lb'; readonly plan: Preview }
  | { readonly edge: string; readonly role: 'dns' | 'lb'; readonly error: string };

/** `POST /ekiden/v1/plan` of a name server. */
export interface DnsPlan {
  readonly text: string;
  readonly added: readonly PlannedRecord[];
  readonly removed: readonly PlannedRecord[];
  readonly names: {
    readonly added: readonly string[];
    readonly removed: readonly string[];
    readonly changed: readonly string[];
  };
  /** Names that the first instance of an app would bring. */
  readonly expected: readonly { readonly app: string; readonly names: readonly string[] }[];
}

export interface PlannedRecord {
  readonly name: string;
  readonly type: string;
  readonly data: string;
}
