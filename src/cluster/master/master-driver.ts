import { randomUUID } from 'node:crypto';
import type { Clock } from '../../common/time.js';
import type { HttpReply } from '../../http/server.js';
import { encodeRecord } from '../../mesos/recordio.js';
import type { FrameworkInfo, MasterInfo, OperatorEvent } from '../../mesos/types.js';
import type { AgentPort, AgentRegistration, AgentUpdate } from '../agent-port.js';
import type { RecordWriter } from './api/record-writer.js';
import { openRecordWriter } from './api/record-writer.js';
import { heartbeatIntervalSeconds, Master } from './master.js';
import type { MasterState } from './state.js';
import { getState } from './views/operator.js';

/** `--max_operator_event_stream_subscribers`: one more, and the oldest is disconnected. */
export const maxOperatorSubscribers = 1000;
/** What may wait for a reader that does not keep up. */
const defaultMaxPendingBytes = 64 << 20;
/** A timer in Node must be shorter than this. */
const maxTimerMs = 2 ** 31 - 1;

export interface MasterDriverOptions {
  readonly info: MasterInfo;
  readonly clock: Clock;
  readonly maxPendingBytes?: number;
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
  /** Updates of an agent that has started but not registered yet. */
  readonly #early: AgentUpdate[] = [];
  #running = false;
  #timer: NodeJS.Timeout | undefined;
  #timerAtMs: number | undefined;
  #ready = false;
  #stopped = false;

  constructor({ info, clock, maxPendingBytes = defaultMaxPendingBytes }: MasterDriverOptions) {
    this.#clock = clock;
    this.#maxPendingBytes = maxPendingBytes;
    this.#master = new Master({
      info,
      startedAtMs: clock(),
      effects: {
        send: (streamId, event) => this.#streams.get(streamId)?.write(encodeRecord(event)),
        end: (streamId) => this.#streams.get(streamId)?.end(),
        publish: (event) => this.#publish(event),
      },
    });
  }

  get state(): MasterState {
    return this.#master.state;
  }

  /** False until the agent has registered: a master that is still recovering answers nothing else. */
  get ready(): boolean {
    return this.#ready;
  }

  get operatorSubscribers(): number {
    return this.#operators.size;
  }

  nowMs(): number {
    return this.#clock();
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

  /** Takes in an agent that has started; the master is ready from then on. */
  registerAgent(registration: AgentRegistration, port: AgentPort): void {
    this.input((master, nowMs) => master.registerAgent(registration, port, nowMs));
    this.#ready = true;
    for (const update of this.#early.splice(0)) this.update(update);
  }

  update(update: AgentUpdate): void {
    if (!this.#ready) {
      this.#early.push(update);
      return;
    }
    this.input((master, nowMs) => master.update(update, nowMs));
  }

  /** Turns a reply into the event stream of a framework. */
  subscribe(reply: HttpReply, info: FrameworkInfo, suppressedRoles: readonly string[]): void {
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
    this.input((master, nowMs) => master.subscribe(info, suppressedRoles, streamId, nowMs));
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
    this.#inputs.length = 0;
    clearTimeout(this.#timer);
    for (const stream of [...this.#streams.values(), ...this.#operators]) stream.destroy();
  }
}
