import type { ClusterCall } from '../../src/scheduler/core/effects.js';
import type { Offer } from '../../src/scheduler/model/offer.js';
import type { Cluster, ClusterListener } from '../../src/scheduler/ports/cluster.js';

/** An agent as large as this is never full. */
const plenty = { cpus: 10_000, memMib: 10_000_000, diskMib: 10_000_000, gpus: 0 };

/**
 * A cluster that is played in the scheduler's process: agents that are never full, tasks that run or end as soon as they are asked to.
 * As in Mesos an agent's resources are in one offer at a time, offered again every `offerEveryMs` while they are wanted.
 */
export function createPlayedCluster({ agents, offerEveryMs }: { agents: number; offerEveryMs: number }): Cluster {
  let listener: ClusterListener | undefined;
  let timer: NodeJS.Timeout | undefined;
  let offers = 0;
  let wanted = false;
  const free = new Set(Array.from({ length: agents }, (_, i) => i));
  const agentOf = new Map<string, number>();

  function makeOffer(agent: number): Offer {
    const id = `O${offers++}`;
    agentOf.set(id, agent);
    return {
      id,
      agentId: `S${agent}`,
      hostname: `10.0.${agent >> 8}.${agent & 255}`,
      allocationRole: '*',
      resources: [{ role: '*', ...plenty, ports: [{ begin: 31_000, end: 39_999 }] }],
      attributes: {},
    };
  }

  function allocate(): void {
    timer = undefined;
    if (!wanted || free.size === 0) return;
    const made = [...free].map(makeOffer);
    free.clear();
    listener?.offers(made);
  }

  function update(taskId: string, agentId: string, state: string): void {
    setImmediate(() => listener?.status({ taskId, state, message: '', agentId, ipAddresses: [], uuid: 'AAAA' }));
  }

  function giveBack(offerId: string): void {
    const agent = agentOf.get(offerId);
    agentOf.delete(offerId);
    if (agent !== undefined) free.add(agent);
  }

  function take(call: ClusterCall): void {
    switch (call.type) {
      case 'accept':
        giveBack(call.offerId);
        for (const operation of call.operations) {
          if (operation.type === 'launch') update(operation.task.taskId, operation.task.agentId, 'TASK_RUNNING');
        }
        break;
      case 'decline':
        call.offerIds.forEach(giveBack);
        // What was declined is filtered until it is asked for again.
        wanted = false;
        break;
      case 'revive':
        wanted = true;
        break;
      case 'suppress':
        wanted = false;
        break;
      case 'kill':
        update(call.taskId, call.agentId, 'TASK_KILLED');
        break;
      // Everything here has one role
      case 'subscribeRoles':
      case 'acknowledge':
      case 'reconcile':
        break;
    }
  }

  return {
    start(frameworkId, to) {
      listener = to;
      setImmediate(() => to.registered(frameworkId ?? 'bench', 'master:5050'));
    },
    send(calls) {
      calls.forEach(take);
      if (wanted) timer ??= setTimeout(allocate, offerEveryMs);
      return Promise.resolve();
    },
    close() {
      clearTimeout(timer);
      return Promise.resolve();
    },
  };
}
