import { EventSource } from 'eventsource';
import type { Test } from 'tap';
import { sleep } from '../../../../src/common/time.js';

/**
 * A client of Marathon's event stream as a careful one is written: it connects to any scheduler, is led to the one that leads, reads the
 * state there, and carries on with the events. When the stream ends it begins again with another scheduler.
 */
export interface Follower {
  /** The ids of all tasks that run, each with its app's id; by what was read and heard. */
  readonly running: ReadonlyMap<string, string>;
  /** Ids of the deployments under way. */
  readonly deployments: ReadonlySet<string>;
  /** The stream is open, and the state was read since. */
  readonly following: boolean;
  /** How many times the state was read. */
  readonly reads: number;
  /** How many events came. */
  readonly events: number;
}

interface StatusUpdate {
  readonly taskId: string;
  readonly taskStatus: string;
  readonly appId: string;
}

/** Of Mesos' states, those in which a task is over. */
const over = /^TASK_(FINISHED|FAILED|KILLED|ERROR|LOST|DROPPED|GONE|GONE_BY_OPERATOR|UNKNOWN)$/;
/** Between two attempts. */
const pauseMs = 50;
/** Of one attempt to be led to a leader: a scheduler that has none waits for one. */
const attemptMs = 10_000;

async function read<Document>(url: string): Promise<Document> {
  const response = await fetch(url, { signal: AbortSignal.timeout(attemptMs) });
  if (response.status !== 200) throw new Error(`${url}: ${response.status}`);
  return (await response.json()) as Document;
}

/** Follows the schedulers at these ports of 127.0.0.1 until the test ends. */
export function startFollower(t: Test, ports: readonly number[]): Follower {
  const running = new Map<string, string>();
  const deployments = new Set<string>();
  const end = new AbortController();
  let following = false;
  let reads = 0;
  let events = 0;

  const handlers: Readonly<Record<string, (data: unknown) => void>> = {
    status_update_event(data) {
      const { taskId, taskStatus, appId } = data as StatusUpdate;
      if (taskStatus === 'TASK_RUNNING') running.set(taskId, appId);
      else if (over.test(taskStatus)) running.delete(taskId);
    },
    deployment_info: (data) => void deployments.add((data as { plan: { id: string } }).plan.id),
    deployment_success: (data) => void deployments.delete((data as { id: string }).id),
    deployment_failed: (data) => void deployments.delete((data as { id: string }).id),
  };

  /** Resolves when the stream of one scheduler, or of the one to which it leads, has ended. */
  async function followOne(port: number): Promise<void> {
    const over = new AbortController();
    const attempt = setTimeout(() => over.abort(), attemptMs);
    let origin = '';
    const source = new EventSource(`http://127.0.0.1:${port}/v2/events`, {
      fetch: async (url, init) => {
        const response = await fetch(url, init);
        origin = new URL(response.url).origin;
        return response;
      },
    });
    // What is heard before the state was read is applied after it: the last word on each task is right, either way.
    let early: (() => void)[] | undefined = [];
    for (const [type, handle] of Object.entries(handlers)) {
      source.addEventListener(type, ({ data }) => {
        events++;
        const apply = (): void => handle(JSON.parse(data as string));
        if (early === undefined) apply();
        else early.push(apply);
      });
    }
    source.addEventListener('error', () => over.abort());
    source.addEventListener('open', () => {
      clearTimeout(attempt);
      Promise.all([
        read<{ tasks: { id: string; appId: string; state: string }[] }>(`${origin}/v2/tasks`),
        read<{ id: string }[]>(`${origin}/v2/deployments`),
      ]).then(
        ([{ tasks }, plans]) => {
          if (over.signal.aborted) return;
          running.clear();
          for (const { id, appId, state } of tasks) if (state === 'TASK_RUNNING') running.set(id, appId);
          deployments.clear();
          for (const { id } of plans) deployments.add(id);
          for (const apply of early ?? []) apply();
          early = undefined;
          reads++;
          following = true;
        },
        () => over.abort(),
      );
    });
    const stop = (): void => over.abort();
    end.signal.addEventListener('abort', stop, { once: true });
    if (!over.signal.aborted) await new Promise((resolve) => over.signal.addEventListener('abort', resolve));
    end.signal.removeEventListener('abort', stop);
    clearTimeout(attempt);
    source.close();
    following = false;
  }

  const followed = (async () => {
    for (let n = 0; !end.signal.aborted; n++) {
      await followOne(ports[n % ports.length] as number);
      await sleep(pauseMs, end.signal);
    }
  })();
  t.teardown(async () => {
    end.abort();
    await followed;
  });
  return {
    running,
    deployments,
    get following() {
      return following;
    },
    get reads() {
      return reads;
    },
    get events() {
      return events;
    },
  };
}
