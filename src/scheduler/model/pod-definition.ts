import type { PathId } from '../../common/path-id.js';
import type { Json, Timestamp, UpgradeStrategy, VersionInfo } from './app-definition.js';

/** One container of a pod. */
export interface PodContainer {
  readonly name: string;
  readonly [member: string]: Json | undefined;
}

/**
 * A pod (marathon.md §7) in canonical form: defaults filled in. The members that every run spec has carry the names that they have
 * in AppDefinition, whatever the pod's JSON calls them. Immutable: a change makes a new version.
 */
export interface PodDefinition {
  readonly id: PathId;
  readonly containers: readonly PodContainer[];
  /** `scaling.instances` */
  readonly instances: number;
  readonly role: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly dependencies: readonly PathId[];
  readonly backoffSeconds: number;
  readonly backoffFactor: number;
  readonly maxLaunchDelaySeconds: number;
  readonly upgradeStrategy: UpgradeStrategy;
  readonly unreachableStrategy:
    'disabled' | { readonly inactiveAfterSeconds: number; readonly expungeAfterSeconds: number };
  readonly killSelection: 'YOUNGEST_FIRST' | 'OLDEST_FIRST';
  readonly version: Timestamp;
  readonly versionInfo: VersionInfo;
}
