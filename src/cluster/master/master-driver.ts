import { randomBytes, randomUUID } from 'node:crypto';
import { messageOf } from '../../common/errors.js';
import type { Logger } from '../../common/logger.js';
import type { Clock } from '../../common/time.js';
import type { HttpReply } from '../../http/server.js';
import { encodeRecord } from '../../mesos/recordio.js';
import type { FrameworkInfo, MasterInfo, OperatorEvent } from '../../mesos/types.js';
import type { AgentPort, AgentRegistration, AgentUpdate, ExecutorEnd } from '../agent-port.js';
import type { ResourceOperation } from '../resource-operations.js';
import type { RecordWriter } from './api/record-writer.js';
import { openRecordWriter } from './api/record-writer.js';
import type { MasterOptions } from './context.js';
import type { SubscriptionOptions } from './inputs/frameworks.js';
import { heartbeatIntervalSeconds } from './inputs/frameworks.js';
import { Master } from './master.js';
import type { MasterState } from './state.js';
import { getState } from './views/operator.js';

/** `--max_operator_event_stream_subscribers`: one more, and the oldest is disconnected. */
export const maxOperatorSubscribers = 1000;
/** What may wait for a reader that does not keep up. */
const defaultMaxPendingBytes = 64 << 20;
/** A timer in Node must be shorter than this. */
const maxTimerMs = 2 ** 31 - 1;

export interface MasterDriverOptions extends Pick<MasterOptions, 'weights' | 'quotas' | 'standsBy'> {
  readonly info: MasterInfo;
  readonly clock: Clock;
  readonly maxPendingBytes?: number;
  readonly logger?: Logger;
}

/**
 * Runs the state machine of a master: gives it the time and its timer, one input after the other, and carries its events to
 * the open streams.
 */
export class MasterDriver {
  readonly #master: Master;
  readonly #clock: Clock;
  readonly #maxPendingBytes: number;
  readonly #streams = new Map<string, RecordWriter>();
  readonly #operators = new Set<RecordWriter>();
  readonly #inputs: (() => void)[] = [];
  /** What agents told that have started but not registered yet. */
  readonly #early: ((master: Master, nowMs: number) => void)[] = [];
  readonly #logger: Logger | undefined;
  #running = false;
  #timer: NodeJS.Timeout | undefined;
  #timerAtMs: number | undefined;
  #ready = false;
  #stopped = false;

  constructor(options: MasterDriverOptions) {
    const { clock, maxPendingBytes = defaultMaxPendingBytes } = options;
    this.#clock = clock;
    this.#maxPendingBytes = maxPendingBytes;
    this.#logger = options.logger;
    this.#master = new Master({
      ...options,
      startedAtMs: clock(),
      newUuid: () => randomBytes(16).toString('base64'),
      effects: {
        send: (streamId, event) => this.#streams.get(streamId)?.write(encodeRecord(event)),
        end: (streamId) => this.#streams.get(streamId)?.end(),
        publish: (event) => this.#publish(event),
        apply: (port, operation, uuid) => void this.#apply(port, operation, uuid),
      },
    });
  }

  async #apply(port: AgentPort, operation: ResourceOperation, uuid: string): Promise<void> {
    let problem: string | undefined;
    try {
      await port.applyOperation(operation);
    } catch (error) {
      problem = messageOf(error);
      this.#logger?.error({ operation: operation.type, error: problem }, 'the agent could not carry out an operation');
    }
    this.input((master, nowMs) => master.operationEnded(uuid, problem, nowMs));
  }

  get state(): MasterState {
    return this.#master.state;
  }

  /** False until the agents have registered: a master that is still recovering answers nothing else. */
  get ready(): boolean {
    return this.#ready;
  }

  /** This master, which stood by, leads from now on; it still has to recover. */
  elected(): void {
    this.state.electedAtMs = this.#clock();
  }

  get operatorSubscribers(): number {
    return this.#operators.size;
  }

  nowMs(): number {
    return this.#clock();
  }

  /** Like `input`, for one whose result is waited for; undefined when the master has stopped. */
  ask<Result>(handle: (master: Master, nowMs: number) => Result): Promise<Result | undefined> {
    if (this.#stopped) return Promise.resolve(undefined);
    return new Promise((resolve) => this.input((master, nowMs) => resolve(handle(master, nowMs))));
  }

  /**
   * One input at a time: what happens while one is being handled (an agent that answers a KILL at once, a stream that is cut
   * because its reader is too slow) waits until it is done.
   */
  input(handle: (master: Master, nowMs: number) => void): void {
    if (this.#stopped) return;
    this.#inputs.push(() => handle(this.#master, this.#clock()));
    if (this.#running) return;
    this.#running = true;
    try {
      for (let next = this.#inputs.shift(); next !== undefined; next = this.#inputs.shift()) next();
    } finally {
      this.#running = false;
    }
    this.#schedule();
  }

  #schedule(): void {
    const nextMs = this.#stopped ? undefined : this.#master.nextDeadlineMs();
    if (nextMs === this.#timerAtMs) return;
    clearTimeout(this.#timer);
    this.#timerAtMs = nextMs;
    if (nextMs === undefined) return;
    const waitMs = Math.min(Math.max(nextMs - this.#clock(), 0), maxTimerMs);
    this.#timer = setTimeout(() => {
      this.#timerAtMs = undefined;
      this.input((master, nowMs) => master.tick(nowMs));
    }, waitMs);
  }

  /** Takes in agents that have started; the master is ready from then on. */
  registerAgents(agents: readonly { readonly registration: AgentRegistration; readonly port: AgentPort }[]): void {
    for (const { registration, port } of agents) {
      this.input((master, nowMs) => master.registerAgent(registration, port, nowMs));
    }
    this.#ready = true;
    for (const handle of this.#early.splice(0)) this.input(handle);
  }

  update(update: AgentUpdate): void {
    this.#whenReady((master, nowMs) => master.update(update, nowMs));
  }

  executorEnded(agentId: string, end: ExecutorEnd): void {
    this.#whenReady((master, nowMs) => master.executorEnded(agentId, end, nowMs));
  }

  #whenReady(handle: (master: Master, nowMs: number) => void): void {
    if (this.#ready) this.input(handle);
    else this.#early.push(handle);
  }

  /** Turns a reply into the event stream of a framework. */
  subscribe(reply: HttpReply, info: FrameworkInfo, options: SubscriptionOptions): void {
    const streamId = randomUUID();
    const writer = openRecordWriter(reply, {
      heartbeatMs: heartbeatIntervalSeconds * 1000,
      maxPendingBytes: this.#maxPendingBytes,
      headers: { 'Mesos-Stream-Id': streamId },
      onClose: () => {
        this.#streams.delete(streamId);
        this.input((master, nowMs) => master.disconnect(streamId, nowMs));
      },
    });
    this.#streams.set(streamId, writer);
    this.input((master, nowMs) => master.subscribe(info, options, streamId, nowMs));
  }

  /** Turns a reply into an operator's event stream: the whole state, then every change. */
  subscribeOperator(reply: HttpReply): void {
    const writer = openRecordWriter(reply, {
      heartbeatMs: heartbeatIntervalSeconds * 1000,
      maxPendingBytes: this.#maxPendingBytes,
      onClose: () => this.#operators.delete(writer),
    });
    writer.writeSnapshot(
      encodeRecord({
        type: 'SUBSCRIBED',
        subscribed: { get_state: getState(this.state), heartbeat_interval_seconds: heartbeatIntervalSeconds },
      }),
    );
    writer.write(encodeRecord({ type: 'HEARTBEAT' }));
    this.#operators.add(writer);
    if (this.#operators.size <= maxOperatorSubscribers) return;
    const [oldest] = this.#operators;
    oldest?.destroy();
  }

  /** Written once for all subscribers. */
  #publish(event: OperatorEvent): void {
    if (this.#operators.size === 0) return;
    const record = encodeRecord(event);
    for (const operator of this.#operators) operator.write(record);
  }

  /** Cuts all streams, without a last word: as when a master process ends. */
  stop(): void {
    this.#stopped = true;
    this.#ready = false;
    this.#inputs.length = 0;
    clearTimeout(this.#timer);
    for (const stream of [...this.#streams.values(), ...this.#operators]) stream.destroy();
  }
}
