import type { CatalogApp, CatalogInstance } from '../../catalog/types.js';
import { hostnameFormOf } from '../../common/path-id.js';
import { generate } from '../records/generate.js';
import type { RecordOptions } from '../records/options.js';
import { isInDomain } from '../answer/zone.js';
import { taskKey, taskOwner } from '../records/view.js';
import type { View, ViewAgent, ViewFramework, ViewPort, ViewTask } from '../records/view.js';
import { taskHash } from '../records/task-hash.js';
import { joinRanges } from '../source/task-fields.js';

/** What an agent listens on when nobody says otherwise. */
const defaultAgentPort = 5051;
/** So many instances of the catalog are looked for in the view, to learn whose tasks they are. */
const maxAsked = 16;

/** One entry for each protocol of each port, at the number that it is reached at. */
function discoveryPorts(ports: CatalogApp['ports'], instance: CatalogInstance): ViewPort[] {
  return ports.flatMap(({ protocol, name = '', containerPort }, i) => {
    const hostPort = instance.ports[i] ?? 0;
    const number = hostPort > 0 ? hostPort : (instance.containerPorts?.[i] ?? containerPort ?? 0);
    if (number <= 0) return [];
    return protocol.split(',').map((one) => ({ number, name, protocol: one, isOfHost: hostPort > 0 }));
  });
}

/**
 * The task that an instance of the catalog is to Mesos, as the scheduler starts it: its name is the app's in host name form (`cart.shop`),
 * in DiscoveryInfo as well. `known`: the same task, or another one of the app, as Mesos tells it.
 */
export function taskOfInstance(
  instance: CatalogInstance,
  app: CatalogApp | undefined,
  frameworkId: string,
  known: ViewTask | undefined,
): ViewTask {
  const name = hostnameFormOf(instance.appId);
  const isItself = known?.id === instance.taskId;
  const hostPorts = instance.ports.filter((port) => port > 0);
  return {
    id: instance.taskId,
    frameworkId,
    agentId: instance.agentId,
    name: known?.name ?? name,
    running: true,
    state: 'TASK_RUNNING',
    ports: joinRanges(hostPorts.map((port) => ({ begin: port, end: port }))),
    discovery:
      isItself && app === undefined
        ? known.discovery
        : { name: known?.discovery.name ?? name, ports: discoveryPorts(app?.ports ?? [], instance) },
    addresses: { netinfo: instance.ipAddresses, docker: [], mesos: [] },
    isBridged: known?.isBridged ?? instance.containerPorts !== undefined,
    addressesAt: known?.addressesAt ?? 0,
  };
}

/** An agent that no master has told of, as an instance tells of it. */
export function agentOfInstance({ agentId, host }: CatalogInstance): ViewAgent {
  return { id: agentId, address: { host, port: defaultAgentPort } };
}

/** The task of an instance, as far as Mesos has told of it. */
export function knownTask(view: View, { agentId, taskId: id }: CatalogInstance): ViewTask | undefined {
  for (const frameworkId of view.frameworks.keys()) {
    const task = view.tasks.get(taskKey({ frameworkId, agentId, id }));
    if (task !== undefined) return task;
  }
  return undefined;
}

/**
 * The framework that the scheduler is: the one whose tasks the instances are, else the one that is called `marathon`, else one of that
 * name that is still to come.
 */
export function schedulerFramework(view: View, instances: Iterable<CatalogInstance>): ViewFramework {
  let asked = 0;
  for (const instance of instances) {
    const framework = view.frameworks.get(knownTask(view, instance)?.frameworkId ?? '');
    if (framework !== undefined) return framework;
    if (++asked === maxAsked) break;
  }
  for (const framework of view.frameworks.values()) if (framework.name === 'marathon') return framework;
  return { id: 'marathon', name: 'marathon', pid: undefined, hostname: undefined };
}

/** The one task of a view that is made for the sake of its names: where it would be is nobody's address (RFC 5737). */
const nowhere = '192.0.2.1';

/** The names in the zone that a task has while all is well with it. */
export function namesOfTask(task: ViewTask, framework: ViewFramework, options: RecordOptions): string[] {
  const key = taskKey(task);
  const view: View = {
    agents: new Map([[task.agentId, { id: task.agentId, address: { host: nowhere, port: defaultAgentPort } }]]),
    frameworks: new Map([[framework.id, framework]]),
    tasks: new Map([
      [
        key,
        {
          ...task,
          frameworkId: framework.id,
          running: true,
          addresses: { netinfo: [nowhere], docker: [nowhere], mesos: [nowhere] },
        },
      ],
    ]),
    leader: undefined,
    hostAddresses: new Map(),
  };
  const owner = taskOwner(taskKey({ ...task, frameworkId: framework.id }));
  const names = new Set(generate(view, owner, options).records.map((record) => record.name));
  return [...names].filter((name) => isInDomain(name, options.domain));
}

const anyTask = { taskId: 'any', agentId: 'any-S0' };
/** What the names of one instance end their first label with. */
const ofOneInstance = `-${taskHash(anyTask.taskId)}-s0.`;

/** The names that the instances of an app have in common: those that its first instance would bring. */
export function namesOfApp(app: CatalogApp, framework: ViewFramework, options: RecordOptions): string[] {
  const task = taskOfInstance(
    {
      ...anyTask,
      appId: app.id,
      version: app.version,
      host: nowhere,
      ipAddresses: [],
      ports: app.ports.map((_port, i) => i + 1),
      healthy: null,
      startedAt: '',
    },
    app,
    framework.id,
    undefined,
  );
  return namesOfTask(task, framework, options).filter((name) => !name.includes(ofOneInstance));
}
