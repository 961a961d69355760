import type { PathId } from '../../common/path-id.js';
import type { AppDefinition, Timestamp } from '../model/app-definition.js';
import type { Deployment } from '../model/deployment.js';
import type { EndedInstance, KillCause } from '../model/ended-instance.js';
import type { Group, RootChange } from '../model/group.js';
import type { Health, Instance, PodTermination, TaskFailure } from '../model/instance.js';
import type { Offer } from '../model/offer.js';
import type { PodDefinition } from '../model/pod-definition.js';
import type { Readiness } from '../model/readiness.js';
import { isPod } from '../model/run-spec.js';
import type { RunSpec } from '../model/run-spec.js';
import type { Refusal, RejectReason } from './match/reject-reason.js';
import type { InstanceTallies } from './instance-tallies.js';
import type { PortUse } from './port-use.js';
import type { KillTarget } from './recovery/kill-queue.js';
import type { Leftover } from './resident/leftovers.js';

/** How launching of one configuration version is slowed down after failures (marathon.md §11.1). */
export interface LaunchDelay {
  readonly configVersion: Timestamp;
  readonly delayMs: number;
  /** No launch before. */
  readonly untilMs: number;
  /** The delay is forgotten then. */
  readonly forgetAtMs: number;
}

/** What became of the offers that were held against one waiting app; in memory only. */
export interface OfferSummary {
  readonly processed: number;
  readonly unused: number;
  /** How many offers were refused for which reason first, in the order of Marathon's funnel. */
  readonly declinedBy: ReadonlyMap<RejectReason, number>;
  readonly lastUsedAt?: Timestamp;
  readonly lastUnusedAt?: Timestamp;
  /** The last refused offer of each agent, at most `maxRememberedAgents`. */
  readonly lastRefusals: ReadonlyMap<
    string,
    {
      readonly hostname: string;
      readonly at: Timestamp;
      readonly refusals: readonly Refusal[];
      /** What was left of the offer when it was held against this app. */
      readonly offer: Offer;
    }
  >;
}

/** What lies directly in a group. */
export interface GroupContents {
  /** Apps and pods. */
  readonly runSpecs: ReadonlySet<PathId>;
  readonly groups: ReadonlySet<PathId>;
}

/** An app or pod that has fewer instances than wanted: Marathon's launch queue entry. */
export interface QueueEntry {
  /** Of an app or a pod. */
  readonly appId: PathId;
  /** Only offers that are made to this role are of use. */
  readonly role: string;
  /** `lastConfigChangeAt` of the definition that is to be launched: what became of offers for another one says nothing about it. */
  readonly configVersion: Timestamp;
  /** Instances still to be launched. */
  readonly count: number;
  readonly since: Timestamp;
  readonly offers: OfferSummary;
}

/** All that the scheduler knows. Read it anywhere; change it only through a Tx. */
export interface SchedulerState {
  /** How many turns have changed anything: what was made of the whole state holds while it stays the same. */
  readonly changes: number;
  readonly frameworkId: string | undefined;
  /** Address of the master while registered with it. */
  readonly connectedMaster: string | undefined;
  /** Region of the master: where everything runs that does not ask for another one. Undefined: it has none, and nothing has one. */
  readonly localRegion: string | undefined;
  /** Where every event is posted to; another set after each change. */
  readonly callbackUrls: ReadonlySet<string>;
  /** The name servers and load balancers (`role host:port`) that are to withdraw an instance before it is killed. */
  readonly edges: ReadonlySet<string>;
  /** When this leader began to decide. */
  readonly loadedAt: Timestamp;
  readonly apps: ReadonlyMap<PathId, AppDefinition>;
  readonly pods: ReadonlyMap<PathId, PodDefinition>;
  /** Known versions of each app and pod, oldest first, the current one last; the definitions are in the store. */
  readonly versions: ReadonlyMap<PathId, readonly Timestamp[]>;
  /** Definitions by `definitionKey`: the current one of each app and pod, and those that live instances still run. */
  readonly definitions: ReadonlyMap<string, RunSpec>;
  /** Every group, the root group included. */
  readonly groups: ReadonlyMap<PathId, Group>;
  /** What lies directly in each group. */
  readonly contents: ReadonlyMap<PathId, GroupContents>;
  /** How the latest changes of the root group are undone, oldest first; at most `maxVersions`. */
  readonly history: readonly RootChange[];
  /** Definitions by `definitionKey` that `history` refers to: they stay in the store. */
  readonly historyKeeps: ReadonlySet<string>;
  /** How often apps name each URL in their `storeUrls`. */
  readonly storeUrls: ReadonlyMap<string, number>;
  /** Where tasks fetch the content of each of the apps' `storeUrls` that is known to be in the artifact store, by URL. */
  readonly artifacts: ReadonlyMap<string, string>;
  /** Why one of the apps' `storeUrls` could not be brought into the artifact store. */
  readonly artifactErrors: ReadonlyMap<string, string>;
  /** The service ports of all apps. */
  readonly servicePorts: Pick<PortUse, 'lowestFree'>;
  readonly instances: ReadonlyMap<string, Instance>;
  /** How many apps, pods and instances have each role. */
  readonly roles: ReadonlyMap<string, number>;
  /** Instance ids by app. */
  readonly instancesOf: ReadonlyMap<PathId, ReadonlySet<string>>;
  /** How many instances of each app and pod are in which standing. */
  readonly tallies: Pick<InstanceTallies, 'of' | 'split' | 'versionsOf'>;
  /** Ids of the instances of an app that wait in their places for a task to be launched; none: no entry. */
  readonly scheduled: ReadonlyMap<PathId, ReadonlySet<string>>;
  /** Places that are to be given back, by the instance that has left them. */
  readonly leftovers: ReadonlyMap<string, Leftover>;
  readonly deployments: ReadonlyMap<string, Deployment>;
  /** The deployment that holds each locked app. */
  readonly locks: ReadonlyMap<PathId, string>;
  /** What the current step of each deployment has still to do, by app and pod. */
  readonly pending: ReadonlyMap<string, ReadonlySet<PathId>>;
  readonly failures: ReadonlyMap<PathId, TaskFailure>;
  /** How the latest instances of each app and pod ended, the oldest first; since this process leads. */
  readonly ended: ReadonlyMap<PathId, readonly EndedInstance[]>;
  /** Why instances are to end, by their ids; of those that this process has decided on. */
  readonly killCauses: ReadonlyMap<string, KillCause>;
  /** How the latest instances of each pod ended, the oldest first. */
  readonly terminations: ReadonlyMap<PathId, readonly PodTermination[]>;
  /** Health by task id, one entry per check of the app; undefined = no result yet. */
  readonly health: ReadonlyMap<string, readonly (Health | undefined)[]>;
  /** Readiness by task id; only tasks whose readiness check has been answered have one. */
  readonly readiness: ReadonlyMap<string, Readiness>;
  readonly delays: ReadonlyMap<PathId, LaunchDelay>;
  readonly queue: ReadonlyMap<PathId, QueueEntry>;
  /** How many entries of the queue have each role. */
  readonly queuedRoles: ReadonlyMap<string, number>;
  /** What is to be killed when its turn comes, the longest waiting first: by instance id, or by task id of a task that nobody knows. */
  readonly killsWaiting: ReadonlyMap<string, KillTarget>;
  /** What was told to end; the same keys. */
  readonly killsInFlight: ReadonlyMap<string, KillTarget>;
}

/** Key of `SchedulerState.definitions`. */
export function definitionKey(appId: PathId, version: Timestamp): string {
  return `${appId}@${version}`;
}

type RunningInstance = Pick<Instance, 'appId' | 'appVersion'>;

/** The definition that an instance runs; undefined only if the store has lost it. */
export function definitionOf(state: SchedulerState, instance: RunningInstance): RunSpec | undefined {
  const current = runSpecOf(state, instance.appId);
  if (current?.version === instance.appVersion) return current;
  return state.definitions.get(definitionKey(instance.appId, instance.appVersion));
}

/** The same for an instance of an app; undefined for one of a pod. */
export function appOf(state: SchedulerState, instance: RunningInstance): AppDefinition | undefined {
  const definition = definitionOf(state, instance);
  return definition === undefined || isPod(definition) ? undefined : definition;
}

/** The current definition of an app or a pod. */
export function runSpecOf(state: Pick<SchedulerState, 'apps' | 'pods'>, id: PathId): RunSpec | undefined {
  return state.apps.get(id) ?? state.pods.get(id);
}

/** Version of the root group before anything was changed. */
export const initialVersion: Timestamp = '1970-01-01T00:00:00.000Z';

/** The root group, which is always there. */
export function rootGroupOf(state: Pick<SchedulerState, 'groups'>): Group {
  return state.groups.get('/') ?? { id: '/', dependencies: [], version: initialVersion };
}

/** The live instances of an app, in the order of their creation. */
export function instancesOf(state: SchedulerState, appId: PathId): Instance[] {
  const result: Instance[] = [];
  for (const id of state.instancesOf.get(appId) ?? []) {
    const instance = state.instances.get(id);
    if (instance !== undefined) result.push(instance);
  }
  return result;
}
