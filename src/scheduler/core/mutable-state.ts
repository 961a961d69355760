import { DeadlineQueue } from '../../common/deadline-queue.js';
import type { PathId } from '../../common/path-id.js';
import type { AppDefinition, Timestamp } from '../model/app-definition.js';
import type { Deployment } from '../model/deployment.js';
import type { Health, Instance, TaskFailure } from '../model/instance.js';
import type { LaunchDelay, QueueEntry, SchedulerState } from './state.js';

/** The state as only Tx may see it. */
export class MutableState implements SchedulerState {
  frameworkId: string | undefined = undefined;
  connectedMaster: string | undefined = undefined;
  readonly apps = new Map<PathId, AppDefinition>();
  readonly versions = new Map<PathId, readonly Timestamp[]>();
  readonly definitions = new Map<string, AppDefinition>();
  readonly groups = new Map<PathId, number>();
  readonly servicePorts = new Map<number, number>();
  readonly instances = new Map<string, Instance>();
  readonly instancesOf = new Map<PathId, Set<string>>();
  readonly deployments = new Map<string, Deployment>();
  /** Apps whose action in the current step of a deployment is not done yet. */
  readonly pending = new Map<string, Set<PathId>>();
  readonly locks = new Map<PathId, string>();
  readonly failures = new Map<PathId, TaskFailure>();
  readonly health = new Map<string, readonly (Health | undefined)[]>();
  readonly delays = new Map<PathId, LaunchDelay>();
  readonly queue = new Map<PathId, QueueEntry>();
  /** When a REVIVE was last sent, and whether Mesos was told that no offers are wanted. */
  offerFlow: { readonly lastReviveMs: number | undefined; readonly suppressed: boolean } = {
    lastReviveMs: undefined,
    suppressed: false,
  };
  readonly deadlines = new DeadlineQueue();
}
