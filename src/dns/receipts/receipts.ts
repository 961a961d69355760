import type { CatalogView } from '../../catalog/catalog.js';
import type { CatalogMessage, CatalogPosition } from '../../catalog/types.js';

/** An instance that the master does not tell of, or of whose end it does not, is no reason to say nothing for ever. */
const patienceMs = 10_000;

/** What has to be done before a receipt is true. */
export interface ReceiptParts {
  readonly catalog: Pick<CatalogView, 'position'>;
  /** Whether the master has told that a task runs. */
  readonly isRunning: (taskId: string) => boolean;
  /** Resolves when all who answer queries know what is known now. */
  readonly whenServed: () => Promise<void>;
  readonly acknowledge: (position: CatalogPosition) => void;
  /** Milliseconds of a clock that nobody moves. */
  readonly monotonicMs: () => number;
}

/**
 * Says how far this name server is in the scheduler's catalog. A position is reached when names are answered accordingly: what is to be
 * withdrawn is withdrawn, every instance is known from the master, too, whose word it is that makes its records, and none that is gone
 * runs by its word.
 */
export class Receipts {
  readonly #parts: ReceiptParts;
  /** Of whose start or end the master has not told, with the change that was about it and how long that is waited for. */
  readonly #awaited = new Map<string, { readonly runs: boolean; readonly seq: number; readonly untilMs: number }>();
  #epoch = '';
  #acknowledged = -1;
  #busy = false;
  #again = false;
  #stopped = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: ReceiptParts) {
    this.#parts = parts;
  }

  /** The catalog has taken over a message. */
  onMessage(message: CatalogMessage): void {
    if (message.type === 'snapshot') this.#awaited.clear();
    else for (const taskId of message.removedInstances) this.#await(taskId, false, message.seq);
    // Of what a snapshot shows nobody knows which change brought it.
    const seq = message.type === 'snapshot' ? 0 : message.seq;
    for (const { taskId, unreachable } of message.instances) {
      // Of one whose agent it has lost the master tells nothing.
      if (unreachable === true) this.#awaited.delete(taskId);
      else this.#await(taskId, true, seq);
    }
    this.#look();
  }

  /** The master may have told of a task. */
  onCluster(): void {
    if (this.#awaited.size > 0) this.#look();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** Waits until the master says, too, that a task runs, or no longer does, unless it says so already. */
  #await(taskId: string, runs: boolean, seq: number): void {
    const { isRunning, monotonicMs } = this.#parts;
    if (isRunning(taskId) === runs) this.#awaited.delete(taskId);
    else if (this.#awaited.get(taskId)?.runs !== runs) {
      this.#awaited.set(taskId, { runs, seq, untilMs: monotonicMs() + patienceMs });
    }
  }

  /** How far the master has told what the catalog has; -1: nowhere. */
  #reached(): CatalogPosition {
    const { catalog, isRunning, monotonicMs } = this.#parts;
    const now = monotonicMs();
    let { seq } = catalog.position;
    let nextMs = Infinity;
    for (const [taskId, { runs, seq: since, untilMs }] of this.#awaited) {
      if (untilMs <= now || isRunning(taskId) === runs) {
        this.#awaited.delete(taskId);
        continue;
      }
      seq = Math.min(seq, since - 1);
      nextMs = Math.min(nextMs, untilMs - now);
    }
    clearTimeout(this.#timer);
    if (nextMs < Infinity) this.#timer = setTimeout(() => this.#look(), nextMs);
    return { epoch: catalog.position.epoch, seq };
  }

  #look(): void {
    if (this.#stopped) return;
    const { epoch, seq } = this.#reached();
    if (epoch === this.#epoch && seq <= this.#acknowledged) return;
    if (this.#busy) {
      this.#again = true;
      return;
    }
    if (seq < 0) return;
    this.#busy = true;
    void this.#parts.whenServed().then(() => {
      this.#busy = false;
      if (this.#stopped) return;
      this.#epoch = epoch;
      this.#acknowledged = seq;
      this.#parts.acknowledge({ epoch, seq });
      if (!this.#again) return;
      this.#again = false;
      this.#look();
    });
  }
}
