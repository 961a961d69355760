import { messageOf } from '../../common/errors.js';
import type { Logger } from '../../common/logger.js';
import type { ClusterCall } from '../core/effects.js';
import type { Json } from '../model/app-definition.js';
import type { ContainerTaskLaunch, OfferOperation, TaskLaunch } from '../model/offer.js';
import type { RunSpecKind } from '../model/run-spec.js';
import type { Cluster } from '../ports/cluster.js';
import type { Plugins } from './load-plugins.js';
import { synchronous } from './synchronous.js';
import type { PluginTask } from './types.js';

/** The app or pod that a task is of, in Marathon's JSON. */
export interface DescribedRunSpec {
  readonly kind: RunSpecKind;
  readonly json: Readonly<Record<string, Json>>;
}

type Fetch = PluginTask['fetch'][number];

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A map of texts, as far as a plugin has kept to it. */
function textsOf(name: string, value: unknown): Readonly<Record<string, string>> {
  if (!isObject(value)) throw new TypeError(`'${name}' is not an object`);
  return Object.fromEntries(
    Object.entries(value).map(([key, text]) => {
      if (typeof text !== 'string') throw new TypeError(`'${name}' has a value at ${key} that is not a text`);
      return [key, text];
    }),
  );
}

function commandOf(value: unknown): TaskLaunch['command'] {
  if (isObject(value)) {
    const { shell, value: text, argv } = value;
    if (shell === true && typeof text === 'string') return { shell, value: text };
    if (shell === false && Array.isArray(argv) && argv.every((word) => typeof word === 'string'))
      return { shell, argv };
  }
  throw new TypeError("'command' is neither {shell: true, value} nor {shell: false, argv}");
}

function fetchOf(value: unknown): readonly Fetch[] {
  if (!Array.isArray(value)) throw new TypeError("'fetch' is not a list");
  return value.map((element: unknown) => {
    const { uri, extract, executable, cache, destPath } = isObject(element) ? element : {};
    if (typeof uri !== 'string') throw new TypeError("'fetch' has an element without 'uri'");
    return {
      uri,
      extract: extract !== false,
      executable: executable === true,
      cache: cache === true,
      ...(typeof destPath === 'string' ? { destPath } : {}),
    };
  });
}

function userOf(value: unknown): string | undefined {
  if (value !== undefined && typeof value !== 'string') throw new TypeError("'user' is not a text");
  return value;
}

/** A launch with what a plugin has made of its task. Throws TypeError when that is nothing that can be launched. */
function changed(launch: TaskLaunch, result: unknown): TaskLaunch {
  if (!isObject(result)) throw new TypeError('it has not returned a task');
  const { user, ...rest } = launch;
  const given = (name: string): boolean => result[name] !== undefined;
  const newUser = Object.hasOwn(result, 'user') ? userOf(result['user']) : user;
  return {
    ...rest,
    ...(newUser === undefined ? {} : { user: newUser }),
    ...(given('command') ? { command: commandOf(result['command']) } : {}),
    ...(given('env') ? { env: textsOf('env', result['env']) } : {}),
    ...(given('labels') ? { labels: textsOf('labels', result['labels']) } : {}),
    ...(given('fetch') ? { fetch: fetchOf(result['fetch']) } : {}),
  };
}

function taskOf({ taskId, name, agentId, command, env, labels, fetch, user }: TaskLaunch): PluginTask {
  return structuredClone({ taskId, name, agentId, command, env, labels, fetch, user });
}

/**
 * A cluster whose tasks pass the RunSpecTaskProcessors, in their order, on their way out. The launch is stored by then and cannot be taken
 * back: a processor that fails changes nothing and is logged. `describe` finds the app or pod of a task; undefined when it is gone.
 */
export function processedCluster(
  cluster: Cluster,
  {
    processors,
    describe,
    logger,
  }: {
    readonly processors: Plugins['processors'];
    readonly describe: (taskId: string) => DescribedRunSpec | undefined;
    readonly logger: Logger;
  },
): Cluster {
  if (processors.length === 0) return cluster;

  function processed(launch: TaskLaunch): TaskLaunch {
    const described = describe(launch.taskId);
    if (described === undefined) {
      logger.warn({ taskId: launch.taskId }, 'A task is launched as it is: what it belongs to has just been deleted');
      return launch;
    }
    const { kind, json } = described;
    return processors.reduce((task, { id, plugin }) => {
      try {
        return changed(task, synchronous(plugin.taskInfo(structuredClone(json), taskOf(task), kind)));
      } catch (error) {
        const fields = { plugin: id, taskId: launch.taskId, reason: messageOf(error) };
        logger.error(fields, 'A RunSpecTaskProcessor has failed: the task is launched without its changes');
        return task;
      }
    }, launch);
  }

  function processedContainer(launch: ContainerTaskLaunch): ContainerTaskLaunch {
    const { container, keepsEntryPoint, ...task } = launch;
    return { ...processed(task), container, keepsEntryPoint };
  }

  function processedOperation(operation: OfferOperation): OfferOperation {
    if (operation.type === 'launch') return { ...operation, task: processed(operation.task) };
    if (operation.type !== 'launchGroup') return operation;
    const { group } = operation;
    return { ...operation, group: { ...group, tasks: group.tasks.map(processedContainer) } };
  }

  const processedCall = (call: ClusterCall): ClusterCall =>
    call.type === 'accept' ? { ...call, operations: call.operations.map(processedOperation) } : call;
  return {
    start: (frameworkId, listener) => cluster.start(frameworkId, listener),
    send: (calls) => cluster.send(calls.map(processedCall)),
    close: () => cluster.close(),
  };
}
