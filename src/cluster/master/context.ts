import { DeadlineQueue } from '../../common/deadline-queue.js';
import type { DomainInfo, MasterInfo, OperatorEvent, SchedulerEvent, TaskStatus } from '../../mesos/types.js';
import type { AgentPort } from '../agent-port.js';
import type { ResourceOperation } from '../resource-operations.js';
import { FreePool } from './free-pool.js';
import { Ledger } from './ledger.js';
import { MachineBook } from './maintenance/machine-book.js';
import type { Quota, Quotas } from './quotas.js';
import { RoleTree } from './role-tree.js';
import type { Framework, MasterState, TaskRecord } from './state.js';

/** Where the master's decisions go. Each stream is one subscription of a framework. */
export interface MasterEffects {
  send(streamId: string, event: SchedulerEvent): void;
  /** Ends a stream after what was sent on it. */
  end(streamId: string): void;
  /** Tells all subscribers of the operator API. */
  publish(event: OperatorEvent): void;
  /** Has an agent carry out an operation; its end comes back as the input `operationEnded` with this uuid. */
  apply(port: AgentPort, operation: ResourceOperation, uuid: string): void;
}

export interface MasterOptions {
  readonly info: MasterInfo;
  readonly startedAtMs: number;
  /** It is one of several, and does not lead until it is told so. */
  readonly standsBy?: boolean;
  /** By role; 1 unless given. */
  readonly weights?: ReadonlyMap<string, number>;
  readonly quotas?: Quotas;
  readonly effects: MasterEffects;
  /** 16 random bytes in base64. */
  readonly newUuid: () => string;
}

/** What may have to be done at a certain time; its parts are the key of the deadline. */
export type Alarm =
  | readonly ['remove framework', frameworkId: string]
  | readonly ['end filter', frameworkId: string, role: string, agentId: string]
  | readonly ['ask for maintenance', frameworkId: string, agentId: string];

/** What all inputs of the state machine work with. */
export class MasterContext {
  readonly state: MasterState;
  readonly ledger: Ledger;
  /** Frameworks by their open stream. */
  readonly streams = new Map<string, Framework>();
  /** Ids of registered agents whose machine is in the maintenance schedule. */
  readonly scheduledAgents = new Set<string>();
  /** Those of them about which somebody may have to be asked at the end of this input. */
  readonly maintenanceDue = new Set<string>();
  nextFrameworkNumber = 0;
  readonly effects: MasterEffects;
  readonly newUuid: () => string;
  readonly #deadlines = new DeadlineQueue();

  constructor({ info, startedAtMs, standsBy, weights, quotas, effects, newUuid }: MasterOptions) {
    this.effects = effects;
    this.newUuid = newUuid;
    const domain: DomainInfo | undefined = info.domain;
    this.state = {
      info,
      domain,
      startedAtMs,
      electedAtMs: standsBy === true ? undefined : startedAtMs,
      frameworks: new Map(),
      completedFrameworks: new Map(),
      agents: new Map(),
      unreachableAgents: new Map(),
      goneAgents: new Set(),
      downAgents: new Map(),
      machines: new MachineBook(),
      total: new Map(),
      free: new FreePool(),
      offers: new Map(),
      inverseOffers: new Map(),
      operations: new Map(),
      roles: new RoleTree(weights ?? new Map()),
      quotas: quotas ?? new Map<string, Quota>(),
      counters: new Map(),
    };
    this.ledger = new Ledger(this.state);
  }

  /** Sets, moves or (undefined) takes back an alarm. */
  setAlarm(alarm: Alarm, atMs: number | undefined): void {
    this.#deadlines.set(JSON.stringify(alarm), atMs);
  }

  nextAlarmMs(): number | undefined {
    return this.#deadlines.nextMs();
  }

  takeAlarms(nowMs: number): Alarm[] {
    return this.#deadlines.takeDue(nowMs).map((key) => JSON.parse(key) as Alarm);
  }

  /** Nothing is sent to a framework that is not connected. */
  send(framework: Framework, event: SchedulerEvent): void {
    if (framework.streamId !== undefined) this.effects.send(framework.streamId, event);
  }

  sendStatus(framework: Framework, status: TaskStatus): void {
    this.send(framework, { type: 'UPDATE', update: { status } });
  }

  publishTask(framework: Framework, task: TaskRecord, status: TaskStatus): void {
    this.effects.publish({
      type: 'TASK_UPDATED',
      task_updated: { framework_id: { value: framework.id }, status, state: task.state },
    });
  }

  count(name: string): void {
    this.state.counters.set(name, (this.state.counters.get(name) ?? 0) + 1);
  }
}
