import { randomUUID } from 'node:crypto';
import { encodeRecord } from '../../src/mesos/recordio.js';
import type { Resource, TaskState, TaskStatus } from '../../src/mesos/types.js';
import type { FakeSchedulerApi, ReceivedCall } from './fake-scheduler-api.js';

/** A task of an agent that is played: its last state, and the update that the framework has not acknowledged. */
interface PlayedTask {
  state: TaskState;
  unacknowledged: TaskStatus | undefined;
}

/** A cluster of one agent behind a fake master, by the rules of the recordings: it offers, launches, updates and reconciles. */
export interface PlayedMesos {
  /** Ids of all tasks ever launched, in that order. */
  readonly launched: readonly string[];
  readonly running: () => string[];
  /** Cuts the connection in the middle of the next record that it sends; resolves when it has. */
  cutNextRecord(): Promise<void>;
  /** What it does with the next ACCEPT that launches: the connection breaks before the answer, with or without effect. */
  loseNextLaunch(how: 'done' | 'not done'): void;
  /** Until `knowAgent` no task is known, as after an election. */
  forgetAgent(): void;
  knowAgent(): void;
  /** The task ends by itself. */
  fail(taskId: string): void;
}

const terminal: ReadonlySet<TaskState> = new Set(['TASK_FAILED', 'TASK_KILLED', 'TASK_GONE']);
const agentId = { value: 'S0' };

const resources: readonly Resource[] = [
  { name: 'cpus', type: 'SCALAR', scalar: { value: 8 } },
  { name: 'mem', type: 'SCALAR', scalar: { value: 8192 } },
  { name: 'disk', type: 'SCALAR', scalar: { value: 8192 } },
  { name: 'ports', type: 'RANGES', ranges: { range: [{ begin: 31_000, end: 31_999 }] } },
];

export function playMesos(master: FakeSchedulerApi): PlayedMesos {
  const tasks = new Map<string, PlayedTask>();
  const launched: string[] = [];
  let agentIsKnown = true;
  let offers = 0;
  let loses: 'done' | 'not done' | undefined;
  let cut: (() => void) | undefined;

  function say(event: Record<string, unknown>): void {
    const record = encodeRecord(event);
    for (const stream of master.streams) {
      if (cut === undefined) stream.write(record);
      else stream.write(record.subarray(0, record.length / 2), () => stream.destroy());
    }
    cut?.();
    cut = undefined;
  }

  const sayStatus = (status: TaskStatus): void => say({ type: 'UPDATE', update: { status } });

  function offer(): void {
    if (!agentIsKnown) return;
    const one = {
      id: { value: `O${offers++}` },
      framework_id: { value: 'f' },
      agent_id: agentId,
      hostname: '127.0.0.1',
      allocation_info: { role: '*' },
      resources: resources.map((resource) => ({ ...resource, allocation_info: { role: '*' } })),
    };
    say({ type: 'OFFERS', offers: { offers: [one] } });
  }

  /** A new state, told until it is acknowledged. */
  function update(id: string, state: TaskState): void {
    const status: TaskStatus = {
      task_id: { value: id },
      agent_id: agentId,
      state,
      uuid: Buffer.from(randomUUID().replaceAll('-', ''), 'hex').toString('base64'),
      timestamp: Date.now() / 1000,
    };
    tasks.set(id, { state, unacknowledged: status });
    sayStatus(status);
  }

  function reconcile(asked: readonly { readonly task_id: { readonly value: string } }[]): void {
    if (!agentIsKnown) return;
    const ids = asked.length > 0 ? asked.map(({ task_id: id }) => id.value) : [...tasks.keys()];
    for (const id of ids) {
      const state = tasks.get(id)?.state ?? 'TASK_GONE';
      if (asked.length === 0 && terminal.has(state)) continue;
      sayStatus({ task_id: { value: id }, agent_id: agentId, state, reason: 'REASON_RECONCILIATION' });
    }
  }

  function take(call: ReceivedCall): void {
    switch (call.type) {
      case 'ACCEPT': {
        const ids = call.accept.operations.flatMap(
          ({ launch }) => launch?.task_infos.map((info) => info.task_id.value) ?? [],
        );
        launched.push(...ids);
        for (const id of ids) update(id, 'TASK_RUNNING');
        offer();
        return;
      }
      case 'DECLINE':
      case 'SUPPRESS':
        return;
      case 'REVIVE':
        offer();
        return;
      case 'ACKNOWLEDGE': {
        const task = tasks.get(call.acknowledge.task_id.value);
        if (task?.unacknowledged?.uuid === call.acknowledge.uuid) task.unacknowledged = undefined;
        return;
      }
      case 'RECONCILE':
        reconcile(call.reconcile.tasks);
        return;
      case 'KILL':
        if (tasks.has(call.kill.task_id.value)) update(call.kill.task_id.value, 'TASK_KILLED');
        return;
      default:
        return;
    }
  }

  master.intercept = (call) => {
    if (call.type === 'SUBSCRIBE') {
      // After SUBSCRIBED
      setImmediate(() => {
        for (const { unacknowledged } of tasks.values())
          if (unacknowledged !== undefined && agentIsKnown) sayStatus(unacknowledged);
        offer();
      });
      return undefined;
    }
    if (call.type === 'ACCEPT' && call.accept.operations.length > 0 && loses !== undefined) {
      const how = loses;
      loses = undefined;
      if (how === 'done') take(call);
      master.endStreams('abruptly');
      return new Promise(() => undefined);
    }
    setImmediate(() => take(call));
    return undefined;
  };

  return {
    launched,
    running: () => [...tasks].filter(([, { state }]) => state === 'TASK_RUNNING').map(([id]) => id),
    cutNextRecord: () => new Promise((resolve) => (cut = resolve)),
    loseNextLaunch: (how) => void (loses = how),
    forgetAgent: () => void (agentIsKnown = false),
    knowAgent() {
      agentIsKnown = true;
      offer();
    },
    fail: (id) => update(id, 'TASK_FAILED'),
  };
}
