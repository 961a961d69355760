import type { MetricRegistry } from '../../common/metrics.js';
import type { ClusterCall } from '../core/effects.js';
import type { OfferOperation } from '../model/offer.js';
import type { Cluster, ClusterListener } from '../ports/cluster.js';

const taskStates = [
  'staging',
  'starting',
  'running',
  'killing',
  'finished',
  'failed',
  'killed',
  'error',
  'lost',
  'dropped',
  'unreachable',
  'gone',
  'gone-by-operator',
  'unknown',
];

/**
 * The same cluster, and everything that is said to it and by it counted. `killAsked` hears of each kill. Calls are counted when they are sent,
 * whether or not Mesos takes them.
 */
export function meteredCluster(
  cluster: Cluster,
  registry: MetricRegistry,
  prefix: string,
  killAsked: (taskId: string) => void,
): Cluster {
  const counter = (name: string, help: string) => registry.counter(`${prefix}.${name}`, help);
  const revives = counter('mesos.calls.revive.counter', 'REVIVE calls');
  const suppresses = counter('mesos.calls.suppress.counter', 'SUPPRESS calls');
  const kills = counter('ekiden.mesos.calls.kill.counter', 'KILL calls');
  const reconciles = counter('ekiden.mesos.calls.reconcile.counter', 'RECONCILE calls');
  const acknowledges = counter('ekiden.mesos.calls.acknowledge.counter', 'ACKNOWLEDGE calls');
  const subscriptions = counter('ekiden.mesos.subscriptions.counter', 'Subscriptions with a master');
  const losses = counter('ekiden.mesos.disconnections.counter', 'Connections to a master that ended');
  const incoming = counter('mesos.offers.incoming.counter', 'Offers received');
  const declined = counter('mesos.offers.declined.counter', 'Offers declined');
  const used = counter('mesos.offers.used.counter', 'Offers of which something was used');
  const launches = counter('mesos.offer-operations.launch.counter', 'LAUNCH operations');
  const groups = counter('mesos.offer-operations.launch-group.counter', 'LAUNCH_GROUP operations');
  const reservations = counter('mesos.offer-operations.reserve.counter', 'RESERVE operations');
  const launched = counter('tasks.launched.counter', 'Tasks launched');
  const outOfMemory = counter(
    'mesos.task.oom.memory-limit-exceeded',
    'Tasks that ended by using more memory than allowed',
  );
  const updates = new Map(
    taskStates.map((state) => [
      `TASK_${state.toUpperCase().replaceAll('-', '_')}`,
      counter(`mesos.task-updates.task-${state}.counter`, `Status updates to ${state.replaceAll('-', ' ')}`),
    ]),
  );

  function countOperations(operations: readonly OfferOperation[]): void {
    // Tasks that are launched one after the other are one LAUNCH
    const isLaunch = (at: number): boolean => operations[at]?.type === 'launch';
    for (const [at, operation] of operations.entries()) {
      switch (operation.type) {
        case 'launch':
          if (!isLaunch(at - 1)) launches.increment();
          launched.increment();
          break;
        case 'launchGroup':
          groups.increment();
          launched.increment(operation.group.tasks.length);
          break;
        case 'reserve':
          reservations.increment();
          break;
        default:
          break;
      }
    }
  }

  function count(call: ClusterCall): void {
    switch (call.type) {
      case 'accept':
        used.increment();
        countOperations(call.operations);
        return;
      case 'decline':
        declined.increment(call.offerIds.length);
        return;
      case 'revive':
        revives.increment();
        return;
      case 'suppress':
        suppresses.increment();
        return;
      case 'kill':
        kills.increment();
        killAsked(call.taskId);
        return;
      case 'acknowledge':
        acknowledges.increment();
        return;
      case 'reconcile':
        reconciles.increment();
        return;
      case 'subscribeRoles':
        return;
    }
  }

  function meteredListener(listener: ClusterListener): ClusterListener {
    return {
      registered(...args) {
        subscriptions.increment();
        listener.registered(...args);
      },
      disconnected() {
        losses.increment();
        listener.disconnected();
      },
      offers(offers) {
        incoming.increment(offers.length);
        listener.offers(offers);
      },
      rescinded: (offerId) => listener.rescinded(offerId),
      status(status) {
        updates.get(status.state)?.increment();
        if (status.reason === 'REASON_CONTAINER_LIMITATION_MEMORY') outOfMemory.increment();
        listener.status(status);
      },
      frameworkMessage: (executorId, agentId, message) => listener.frameworkMessage(executorId, agentId, message),
      refused: (message) => listener.refused(message),
    };
  }

  return {
    start: (frameworkId, listener) => cluster.start(frameworkId, meteredListener(listener)),
    send(calls) {
      for (const call of calls) count(call);
      return cluster.send(calls);
    },
    close: () => cluster.close(),
  };
}
