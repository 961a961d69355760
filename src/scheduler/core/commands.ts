import type { PathId } from '../../common/path-id.js';
import type { AppDefinition, Timestamp } from '../model/app-definition.js';
import type { Instance } from '../model/instance.js';
import type { PodDefinition } from '../model/pod-definition.js';
import type { GroupSnapshot } from './groups/group-snapshot.js';
import type { AppUpdate } from './normalize/app-update.js';
import type { GroupUpdate } from './normalize/group-update.js';
import type { PodUpdate } from './normalize/pods/pod-update.js';

/** Where a request came from, for `api_post_event`. */
export interface Origin {
  readonly clientIp: string;
  readonly uri: string;
}

/** Commands of the REST API: each is decided against the state of its turn, and answered after its effects are stored. */
export type Command =
  | { readonly type: 'createApp'; readonly update: AppUpdate; readonly force: boolean; readonly origin: Origin }
  | {
      /** PUT and PATCH of one or several apps; one deployment for all. */
      readonly type: 'updateApps';
      readonly updates: readonly { readonly id: PathId; readonly update: AppUpdate }[];
      /** The request was an array: what is wrong is told with the index of its element. */
      readonly isBulk?: true;
      /** The update is laid over the current definition; otherwise it is the whole new definition. */
      readonly partial: boolean;
      readonly mayCreate: boolean;
      /** Apps that exist may be changed; absent: they may. */
      readonly mayUpdate?: boolean;
      readonly force: boolean;
      readonly origin: Origin;
    }
  | {
      readonly type: 'rollbackApp';
      readonly id: PathId;
      readonly definition: AppDefinition;
      readonly force: boolean;
      readonly origin: Origin;
    }
  | { readonly type: 'deleteApp'; readonly id: PathId; readonly force: boolean }
  | { readonly type: 'restartApp'; readonly id: PathId; readonly force: boolean }
  | {
      /** Kills tasks; `scale` also lowers the instances of their apps, by a deployment. Unknown and repeated ids are ignored. */
      readonly type: 'killTasks';
      readonly taskIds: readonly string[];
      readonly scale: boolean;
      /** Places of residents are given up, with the data of their volumes. */
      readonly wipe?: boolean;
      readonly force: boolean;
    }
  | { readonly type: 'createGroup'; readonly id: PathId; readonly update: GroupUpdate; readonly force: boolean }
  | {
      /** PUT of a group: `id` is the URL's. */
      readonly type: 'updateGroup';
      readonly id: PathId;
      readonly update: GroupUpdate;
      readonly force: boolean;
    }
  | {
      /** Makes the content that a group had once its content again. */
      readonly type: 'rollbackGroup';
      readonly id: PathId;
      readonly snapshot: GroupSnapshot;
      readonly force: boolean;
    }
  | { readonly type: 'setEnforceRole'; readonly id: PathId; readonly enforceRole: boolean }
  | { readonly type: 'deleteGroup'; readonly id: PathId; readonly force: boolean }
  | { readonly type: 'createPod'; readonly update: PodUpdate; readonly force: boolean; readonly origin: Origin }
  | {
      readonly type: 'updatePod';
      readonly id: PathId;
      readonly update: PodUpdate;
      readonly force: boolean;
      readonly origin: Origin;
    }
  | { readonly type: 'deletePod'; readonly id: PathId; readonly force: boolean; readonly origin: Origin }
  | { readonly type: 'cancelDeployment'; readonly id: string; readonly force: boolean }
  | { readonly type: 'resetDelay'; readonly id: PathId }
  | {
      /** Begins or ends that every event is posted to a URL. */
      readonly type: 'subscribe' | 'unsubscribe';
      readonly clientIp: string;
      readonly callbackUrl: string;
    };

/** One broken rule of a definition, at a path in Marathon's notation (`/healthChecks(0)/path`). */
export interface Violation {
  readonly path: string;
  readonly errors: readonly string[];
}

/** Why a command was not carried out. Nothing has changed then. */
export type Rejection =
  | { readonly kind: 'invalid'; readonly violations: readonly Violation[] }
  | { readonly kind: 'appNotFound'; readonly id: PathId }
  | { readonly kind: 'groupNotFound'; readonly id: PathId }
  | { readonly kind: 'podNotFound'; readonly id: PathId }
  | { readonly kind: 'deploymentNotFound'; readonly id: string }
  | { readonly kind: 'notQueued'; readonly id: PathId }
  | { readonly kind: 'appExists'; readonly id: PathId }
  | { readonly kind: 'podExists'; readonly id: PathId }
  | { readonly kind: 'groupExists'; readonly id: PathId }
  /** A group cannot be created where an app or a pod is. */
  | { readonly kind: 'groupPathTaken'; readonly id: PathId }
  | { readonly kind: 'locked'; readonly deploymentIds: readonly string[] }
  | { readonly kind: 'tooManyDeployments'; readonly limit: number }
  | { readonly kind: 'portsExhausted'; readonly min: number; readonly max: number };

/** What came of a command. */
export type Outcome =
  | {
      readonly type: 'deployed';
      readonly deploymentId: string;
      readonly version: Timestamp;
      readonly created: readonly AppDefinition[];
      /** The pod that was created or changed, or is as it was. */
      readonly pod?: PodDefinition;
    }
  | { readonly type: 'killed'; readonly instances: readonly Instance[] }
  | { readonly type: 'done' }
  | { readonly type: 'rejected'; readonly rejection: Rejection };
