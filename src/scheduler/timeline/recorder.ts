import type { PathId } from '../../common/path-id.js';
import type { Clock } from '../../common/time.js';
import { definitionKey, runSpecOf } from '../core/state.js';
import type { SchedulerState } from '../core/state.js';
import type { AffectedRunSpec, Deployment } from '../model/deployment.js';
import type { Condition, Instance } from '../model/instance.js';
import type { RunSpec, RunSpecKind } from '../model/run-spec.js';
import type { PublishedEvent } from '../service.js';
import type { StateChange } from '../state-changes.js';
import type { Histories } from './histories.js';
import * as sentences from './sentences.js';
import type { Happening } from './types.js';

type AnyEvent = PublishedEvent['event'];
type InstanceEvent = Extract<AnyEvent, { readonly type: 'instance_changed_event' }>;
type HealthEvent = Extract<AnyEvent, { readonly type: 'instance_health_changed_event' }>;

const ends: ReadonlySet<Condition> = new Set([
  'Killed',
  'Finished',
  'Failed',
  'Error',
  'Dropped',
  'Gone',
  'GoneByOperator',
  'Unknown',
]);

/** An instance that is to end, as far as that was told. */
interface Ending {
  readonly cause: sentences.Cause;
  /** Edges are asked to let go of it. */
  readonly drainUntil?: string;
}

/** Makes entries of what turns publish, and of what they change. */
export class Recorder {
  readonly #state: SchedulerState;
  readonly #histories: Histories;
  readonly #clock: Clock;
  /** By instance id. */
  readonly #ending = new Map<string, Ending>();
  /** Instances whose agents are lost. */
  readonly #away = new Set<string>();
  /** Launch delays as they were told. */
  readonly #delays = new Map<
    PathId,
    { readonly configVersion: string; readonly delayMs: number; readonly untilMs: number }
  >();

  constructor(state: SchedulerState, histories: Histories, clock: Clock) {
    this.#state = state;
    this.#histories = histories;
    this.#clock = clock;
    for (const { id, goal, drainUntil, unreachableSince } of state.instances.values()) {
      if (unreachableSince !== undefined) this.#away.add(id);
      if (goal !== 'Running')
        this.#ending.set(id, { cause: undefined, ...(drainUntil === undefined ? {} : { drainUntil }) });
    }
  }

  #add(id: PathId, happening: Happening, kind?: RunSpecKind): void {
    const kindNow = kind ?? (this.#state.pods.has(id) ? 'pod' : this.#state.apps.has(id) ? 'app' : undefined);
    this.#histories.add(id, kindNow ?? this.#histories.of(id)?.kind ?? 'app', happening);
  }

  /** A turn is over: its events were published. */
  changed({ touchedApps, touchedInstances, changedApps }: StateChange): void {
    for (const id of touchedApps) this.#histories.setThere(id, runSpecOf(this.#state, id) !== undefined);
    for (const id of changedApps) this.#lookAtDelay(id);
    for (const id of touchedInstances) {
      const instance = this.#state.instances.get(id);
      if (instance !== undefined) this.#lookAtGoal(instance);
    }
  }

  #lookAtDelay(id: PathId): void {
    const delay = this.#state.delays.get(id);
    const told = this.#delays.get(id);
    if (delay === undefined) {
      if (told === undefined) return;
      this.#delays.delete(id);
      if (told.untilMs > this.#clock() && runSpecOf(this.#state, id) !== undefined)
        this.#add(id, sentences.delayLifted);
      return;
    }
    this.#delays.set(id, delay);
    // With every step of a launch the same delay counts anew: only a longer one is news
    const isNews = told?.configVersion !== delay.configVersion || delay.delayMs > told.delayMs;
    if (isNews) this.#add(id, sentences.launchesDelayed(delay, this.#state.ended.get(id)?.at(-1)));
  }

  #lookAtGoal(instance: Instance): void {
    const { id, appId, goal, drainUntil, unreachableSince, condition } = instance;
    if (goal === 'Running' || condition === 'Scheduled') {
      this.#ending.delete(id);
      return;
    }
    const told = this.#ending.get(id);
    const cause = this.#state.killCauses.get(id) ?? told?.cause;
    if (drainUntil !== undefined) {
      if (told === undefined) this.#add(appId, sentences.drainBegun(instance, cause));
      this.#ending.set(id, { cause, drainUntil });
      return;
    }
    // Nobody can be told to end it
    if (unreachableSince !== undefined) return;
    if (told === undefined || told.drainUntil !== undefined) {
      this.#add(appId, sentences.killDecided(instance, cause, told?.drainUntil, this.#clock()));
    }
    this.#ending.set(id, { cause });
  }

  /** An event of a turn; the state is as the whole turn has left it. */
  published(event: AnyEvent): void {
    switch (event.type) {
      case 'deployment_info':
        if (event.plan.currentStep === 0) this.#deploymentBegun(event.plan);
        return;
      case 'deployment_success': {
        const nowMs = this.#clock();
        this.#ofAffected(event.plan, (affected) => sentences.deploymentDone(event.plan, affected, nowMs));
        return;
      }
      case 'deployment_failed':
        this.#ofAffected(event.plan, (affected) => sentences.deploymentFailed(event.plan, affected, event.reason));
        return;
      case 'instance_changed_event':
        this.#instanceChanged(event);
        return;
      case 'instance_health_changed_event':
        this.#healthChanged(event);
        return;
      default:
    }
  }

  #ofAffected(deployment: Deployment, tell: (affected: AffectedRunSpec) => Happening): void {
    for (const affected of deployment.affected) this.#add(affected.id, tell(affected), affected.kind);
  }

  #deploymentBegun(deployment: Deployment): void {
    this.#ofAffected(deployment, (affected) =>
      sentences.definitionChanged(deployment, affected, this.#definitionAt(affected)),
    );
    for (const { id, to } of deployment.affected) this.#histories.setThere(id, to !== undefined);
  }

  #definitionAt({ id, to }: AffectedRunSpec): RunSpec | undefined {
    if (to === undefined) return undefined;
    const current = runSpecOf(this.#state, id);
    return current?.version === to ? current : this.#state.definitions.get(definitionKey(id, to));
  }

  #instanceChanged(event: InstanceEvent): void {
    const { instanceId, runSpecId, condition } = event;
    if (ends.has(condition)) {
      this.#add(runSpecId, this.#endOf(event));
      this.#ending.delete(instanceId);
      this.#away.delete(instanceId);
      return;
    }
    const instance = this.#state.instances.get(instanceId);
    if (instance === undefined) return;
    switch (condition) {
      case 'Provisioned':
        this.#add(runSpecId, sentences.instanceLaunched(instance));
        return;
      case 'Running':
        this.#add(runSpecId, sentences.instanceRuns(instance, this.#away.delete(instanceId)));
        return;
      case 'Unreachable':
      case 'UnreachableInactive':
        // It may be in another condition by now, if much happens in a turn
        this.#add(runSpecId, sentences.instanceUnreachable({ ...instance, condition }));
        this.#away.add(instanceId);
        return;
      case 'Scheduled':
        this.#add(runSpecId, sentences.instanceWaitsInPlace(instance));
        return;
      default:
    }
  }

  /** How an instance ended; of what was deleted only that it did, and why it was to. */
  #endOf({ instanceId, runSpecId, host, condition, runSpecVersion }: InstanceEvent): Happening {
    const ended = this.#state.ended.get(runSpecId)?.findLast((one) => one.instanceId === instanceId);
    if (ended !== undefined) return sentences.instanceEnded(ended);
    const cause = this.#ending.get(instanceId)?.cause;
    return sentences.instanceGone({ instanceId, host, version: runSpecVersion, condition }, cause);
  }

  #healthChanged({ instanceId, runSpecId, healthy }: HealthEvent): void {
    const instance = this.#state.instances.get(instanceId);
    if (instance === undefined || healthy === null) return;
    const failed = this.#state.health.get(instance.taskId)?.find((result) => result?.alive === false);
    this.#add(runSpecId, sentences.healthChanged(instance, healthy, failed?.lastFailureCause));
  }
}
