import type { PathId } from '../../common/path-id.js';
import type { AppDefinition, Timestamp } from '../model/app-definition.js';
import type { Instance } from '../model/instance.js';
import type { AppUpdate } from './normalize/app-update.js';

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
      /** The update is laid over the current definition; otherwise it is the whole new definition. */
      readonly partial: boolean;
      readonly mayCreate: boolean;
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
      /** Kills tasks; `scale` also lowers the instances of their apps, by a deployment. Unknown ids are ignored. */
      readonly type: 'killTasks';
      readonly taskIds: readonly string[];
      readonly scale: boolean;
      readonly force: boolean;
    }
  | { readonly type: 'cancelDeployment'; readonly id: string; readonly force: boolean }
  | { readonly type: 'resetDelay'; readonly id: PathId };

/** One broken rule of a definition, at a path in Marathon's notation (`/healthChecks(0)/path`). */
export interface Violation {
  readonly path: string;
  readonly errors: readonly string[];
}

/** Why a command was not carried out. Nothing has changed then. */
export type Rejection =
  | { readonly kind: 'invalid'; readonly violations: readonly Violation[] }
  | { readonly kind: 'appNotFound'; readonly id: PathId }
  | { readonly kind: 'deploymentNotFound'; readonly id: string }
  | { readonly kind: 'notQueued'; readonly id: PathId }
  | { readonly kind: 'appExists'; readonly id: PathId }
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
    }
  | { readonly type: 'killed'; readonly instances: readonly Instance[] }
  | { readonly type: 'done' }
  | { readonly type: 'rejected'; readonly rejection: Rejection };
