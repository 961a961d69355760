import type { ClusterCall } from '../../core/effects.js';

/** Calls on their way to the master. */
export interface Outbox {
  /** Queues the calls; resolves when each of them was sent or dropped. Never rejects. */
  send(calls: readonly ClusterCall[]): Promise<void>;
  /** Drops what waits and takes nothing more. */
  stop(): void;
}

interface Waiting {
  readonly call: ClusterCall;
  readonly done: () => void;
}

/** Acknowledgements wait for no other call and are by far the most frequent ones, so they may overlap. */
const acknowledgeLanes = 4;

function laneIndexOf(call: ClusterCall): number {
  if (call.type !== 'acknowledge') return 0;
  let hash = 0;
  for (let i = 0; i < call.taskId.length; i++) hash = (hash * 31 + call.taskId.charCodeAt(i)) | 0;
  return 1 + (Math.abs(hash) % acknowledgeLanes);
}

/**
 * Sends calls one after the other, each when the one before it was answered: ACCEPT before the KILL or RECONCILE of what it
 * launches. Acknowledgements go beside them in lanes of their own, those of one task always in the same. At most `maxWaiting`
 * calls wait; more are dropped, and `dropped` hears how many. `post` must not reject.
 */
export function createOutbox(options: {
  post: (call: ClusterCall) => Promise<void>;
  maxWaiting: number;
  dropped: (count: number, reason: string) => void;
}): Outbox {
  const { post, maxWaiting, dropped } = options;
  const lanes = Array.from({ length: 1 + acknowledgeLanes }, () => ({ queue: [] as Waiting[], running: false }));
  let waiting = 0;
  let stopped = false;

  async function run(lane: (typeof lanes)[number]): Promise<void> {
    lane.running = true;
    while (lane.queue.length > 0) {
      const batch = lane.queue;
      lane.queue = [];
      for (const { call, done } of batch) {
        waiting--;
        if (!stopped) await post(call);
        done();
      }
    }
    lane.running = false;
  }

  function queue(call: ClusterCall): Promise<void> {
    return new Promise((done) => {
      const lane = lanes[laneIndexOf(call)];
      if (lane === undefined) throw new Error('no such lane');
      lane.queue.push({ call, done });
      if (!lane.running) void run(lane);
    });
  }

  return {
    async send(calls) {
      const accepted = stopped ? [] : calls.slice(0, Math.max(0, maxWaiting - waiting));
      if (accepted.length < calls.length) {
        dropped(calls.length - accepted.length, stopped ? 'not connected' : `${maxWaiting} calls are waiting already`);
      }
      waiting += accepted.length;
      await Promise.all(accepted.map(queue));
    },
    stop() {
      if (stopped) return;
      stopped = true;
      if (waiting > 0) dropped(waiting, 'the connection was lost');
    },
  };
}
