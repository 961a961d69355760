import { writeFile } from 'node:fs/promises';
import type { Logger } from '../../common/logger.js';
import type { ContainerInfo } from './containers/container-info.js';
import { containerPlan } from './containers/container-plan.js';
import { EngineWorkload } from './containers/engine-workload.js';
import type { EngineFinder } from './containers/find-engine.js';
import { LaunchError } from './launch-error.js';
import { ProcessWorkload } from './process-workload.js';
import type { TaskGroup } from './task-group.js';
import type { Workload, WorkloadContext } from './workload.js';

/** Whether a task would be a container with an image of its own. */
export function hasImage(container: object | undefined): boolean {
  const { type, mesos } = (container ?? {}) as ContainerInfo;
  return type === 'DOCKER' || mesos?.image !== undefined;
}

/** What a task is to run as, or runs as. Throws LaunchError for a container that cannot be. */
export function openWorkload(
  context: WorkloadContext,
  group: TaskGroup | undefined,
  environment: { readonly engines: EngineFinder; readonly logger: Logger; readonly containersMark: string },
): Workload {
  const plan = containerPlan(context.info.container);
  if (plan === undefined) {
    const network = group?.network.kind;
    if (network !== undefined && network !== 'host') {
      throw new LaunchError(
        `the task '${context.info.task_id.value}' is a process of this machine: in a network of its group (${network}) can only be containers with images`,
      );
    }
    return new ProcessWorkload(context);
  }
  const { engines, logger, containersMark } = environment;
  return new EngineWorkload(
    context,
    group === undefined ? plan : { ...plan, network: group.network, ports: group.ports },
    {
      find: async () => {
        const engine = await engines.find();
        // From now on a start of the agent looks for containers that nobody knows.
        await writeFile(containersMark, '', { flag: 'a' });
        return engine;
      },
      named: (program) => engines.named(program),
    },
    logger,
  );
}
