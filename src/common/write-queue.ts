/** Something that waits to be written, and how much of a batch it takes. */
export interface PendingWrite<Operation> {
  readonly operations: readonly Operation[];
  /** Size of keys and values, in bytes or code units: only to bound a batch. */
  readonly size: number;
}

/** Writes in order, one batch at a time. */
export interface WriteQueue<Operation> {
  /** Resolves when all operations are written; rejects when they are not, or may not be: every later write then rejects, too. */
  write(pending: PendingWrite<Operation>): Promise<void>;
  /** Resolves when nothing is being written and nothing waits. Never rejects. */
  idle(): Promise<void>;
}

/**
 * Group commit: writes that come while a batch is in flight wait, and are then joined, in order, into the next one, up to
 * `maxBatchSize` (at least one write per batch, however large). After the first failure nothing is written any more, because
 * what comes later may build on what was lost.
 */
export function createWriteQueue<Operation>(options: {
  commit: (operations: readonly Operation[]) => Promise<void>;
  maxBatchSize: number;
}): WriteQueue<Operation> {
  const { commit, maxBatchSize } = options;
  interface Waiting extends PendingWrite<Operation> {
    readonly resolve: () => void;
    readonly reject: (error: unknown) => void;
  }
  let waiting: Waiting[] = [];
  let failure: { readonly error: unknown } | undefined;
  let busy = false;
  const idleListeners: (() => void)[] = [];

  /** The first writes that fit into one batch, taken off the queue. */
  function takeBatch(): Waiting[] {
    let size = 0;
    let count = 0;
    for (const write of waiting) {
      if (count > 0 && size + write.size > maxBatchSize) break;
      size += write.size;
      count++;
    }
    const batch = waiting.slice(0, count);
    waiting = waiting.slice(count);
    return batch;
  }

  async function run(): Promise<void> {
    busy = true;
    while (waiting.length > 0) {
      const batch = takeBatch();
      try {
        if (failure !== undefined) throw failure.error;
        const operations = batch.flatMap((w) => w.operations);
        if (operations.length > 0) await commit(operations);
        for (const write of batch) write.resolve();
      } catch (error) {
        failure = { error };
        for (const write of batch) write.reject(error);
      }
    }
    busy = false;
    for (const listener of idleListeners.splice(0)) listener();
  }

  return {
    write(pending) {
      return new Promise((resolve, reject) => {
        waiting.push({ ...pending, resolve, reject });
        if (!busy) void run();
      });
    },
    idle() {
      return new Promise((resolve) => {
        if (busy) idleListeners.push(resolve);
        else resolve();
      });
    },
  };
}
