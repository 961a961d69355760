import type { TaskStatus } from '../../mesos/types.js';
import type { AgentUpdate } from '../agent-port.js';

/** Mesos' interval between two sendings of an unacknowledged update. */
export const defaultResendMs = 10_000;

interface Stream {
  readonly frameworkId: string;
  /** Not acknowledged, oldest first; the first one is the one being sent. */
  readonly pending: TaskStatus[];
  timer: NodeJS.Timeout | undefined;
}

const keyOf = (frameworkId: string, taskId: string): string => `${frameworkId} ${taskId}`;

/**
 * Delivers the updates of each task in order: the oldest unacknowledged one, again every `resendMs` until it is acknowledged,
 * then the next. What is handed in must be on disk already. Delivers nothing before `open` and after `close`.
 */
export class StatusUpdateManager {
  readonly #resendMs: number;
  readonly #streams = new Map<string, Stream>();
  #deliver: ((update: AgentUpdate) => void) | undefined;

  constructor(resendMs: number = defaultResendMs) {
    this.#resendMs = resendMs;
  }

  open(deliver: (update: AgentUpdate) => void): void {
    this.#deliver = deliver;
    for (const stream of this.#streams.values()) this.#send(stream);
  }

  close(): void {
    this.#deliver = undefined;
    for (const { timer } of this.#streams.values()) clearTimeout(timer);
  }

  /** `status` has an uuid. */
  add(frameworkId: string, status: TaskStatus): void {
    const key = keyOf(frameworkId, status.task_id.value);
    let stream = this.#streams.get(key);
    if (stream === undefined) {
      stream = { frameworkId, pending: [], timer: undefined };
      this.#streams.set(key, stream);
    }
    stream.pending.push(status);
    if (stream.pending.length === 1) this.#send(stream);
  }

  #send(stream: Stream): void {
    const [status] = stream.pending;
    const latest = stream.pending.at(-1);
    if (this.#deliver === undefined || status === undefined || latest === undefined) return;
    clearTimeout(stream.timer);
    stream.timer = setTimeout(() => this.#send(stream), this.#resendMs).unref();
    this.#deliver({ frameworkId: stream.frameworkId, status, latestState: latest.state });
  }

  /** Delivers a status that has no uuid: once, without waiting for an acknowledgement. */
  tell(frameworkId: string, status: TaskStatus): void {
    queueMicrotask(() => this.#deliver?.({ frameworkId, status, latestState: status.state }));
  }

  /** Takes note that the update being sent has arrived and returns it; undefined when `uuid` is not that update's. */
  acknowledge(frameworkId: string, taskId: string, uuid: string): TaskStatus | undefined {
    const key = keyOf(frameworkId, taskId);
    const stream = this.#streams.get(key);
    const [first] = stream?.pending ?? [];
    if (stream === undefined || first === undefined || first.uuid !== uuid) return undefined;
    stream.pending.shift();
    clearTimeout(stream.timer);
    if (stream.pending.length === 0) this.#streams.delete(key);
    // Not from within the call: the caller has not finished with this update yet.
    else queueMicrotask(() => this.#send(stream));
    return first;
  }

  /** Drops what is still to be told about a task. */
  forget(frameworkId: string, taskId: string): void {
    const key = keyOf(frameworkId, taskId);
    const stream = this.#streams.get(key);
    if (stream === undefined) return;
    clearTimeout(stream.timer);
    stream.pending.length = 0;
    this.#streams.delete(key);
  }
}
