import { DeadlineQueue } from '../../common/deadline-queue.js';
import type { PathId } from '../../common/path-id.js';
import type { AppDefinition, Timestamp } from '../model/app-definition.js';
import type { Deployment } from '../model/deployment.js';
import type { EndedInstance, KillCause } from '../model/ended-instance.js';
import type { Group, RootChange } from '../model/group.js';
import type { Health, Instance, PodTermination, TaskFailure } from '../model/instance.js';
import type { PodDefinition } from '../model/pod-definition.js';
import type { Readiness } from '../model/readiness.js';
import type { RunSpec } from '../model/run-spec.js';
import { InstanceTallies } from './instance-tallies.js';
import { initialOfferFlow } from './offer-flow.js';
import type { OfferFlow, Turnstile } from './offer-flow.js';
import { PortUse } from './port-use.js';
import type { Leftover } from './resident/leftovers.js';
import type { KillTarget } from './recovery/kill-queue.js';
import { initialVersion } from './state.js';
import type { LaunchDelay, QueueEntry, SchedulerState } from './state.js';

/** The state as only Tx may see it. */
export class MutableState implements SchedulerState {
  changes = 0;
  frameworkId: string | undefined = undefined;
  connectedMaster: string | undefined = undefined;
  localRegion: string | undefined = undefined;
  callbackUrls: ReadonlySet<string> = new Set();
  edges: ReadonlySet<string> = new Set();
  loadedAt: Timestamp = '';
  readonly apps = new Map<PathId, AppDefinition>();
  readonly pods = new Map<PathId, PodDefinition>();
  readonly versions = new Map<PathId, readonly Timestamp[]>();
  readonly definitions = new Map<string, RunSpec>();
  readonly groups = new Map<PathId, Group>([['/', { id: '/', dependencies: [], version: initialVersion }]]);
  readonly contents = new Map<PathId, { readonly runSpecs: Set<PathId>; readonly groups: Set<PathId> }>([
    ['/', { runSpecs: new Set(), groups: new Set() }],
  ]);
  history: readonly RootChange[] = [];
  readonly historyKeeps = new Set<string>();
  readonly storeUrls = new Map<string, number>();
  readonly artifacts = new Map<string, string>();
  readonly artifactErrors = new Map<string, string>();
  /** URLs whose download has been asked for and not answered. */
  readonly resolving = new Set<string>();
  readonly servicePorts = new PortUse();
  readonly instances = new Map<string, Instance>();
  readonly roles = new Map<string, number>();
  readonly instancesOf = new Map<PathId, Set<string>>();
  readonly tallies = new InstanceTallies();
  readonly scheduled = new Map<PathId, Set<string>>();
  readonly leftovers = new Map<string, Leftover>();
  readonly deployments = new Map<string, Deployment>();
  /** Apps whose action in the current step of a deployment is not done yet. */
  readonly pending = new Map<string, Set<PathId>>();
  readonly locks = new Map<PathId, string>();
  readonly failures = new Map<PathId, TaskFailure>();
  readonly ended = new Map<PathId, readonly EndedInstance[]>();
  readonly killCauses = new Map<string, KillCause>();
  readonly terminations = new Map<PathId, readonly PodTermination[]>();
  readonly health = new Map<string, readonly (Health | undefined)[]>();
  readonly readiness = new Map<string, Readiness>();
  readonly delays = new Map<PathId, LaunchDelay>();
  readonly queue = new Map<PathId, QueueEntry>();
  readonly queuedRoles = new Map<string, number>();
  /** The queue in its order, with entries that have left it since; undefined = something has come, too. */
  queueOrder: readonly Turnstile[] | undefined = [];
  readonly killsWaiting = new Map<string, KillTarget>();
  readonly killsInFlight = new Map<string, KillTarget>();
  offerFlow: OfferFlow = initialOfferFlow;
  readonly deadlines = new DeadlineQueue();
}
