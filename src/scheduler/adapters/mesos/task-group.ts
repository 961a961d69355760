import type { ExecutorInfo, OfferOperation, TaskInfo } from '../../../mesos/types.js';
import type { ContainerTaskLaunch, GroupLaunch, NestedContainerLaunch } from '../../model/offer.js';
import { linuxInfoOf, networkInfosOf } from './container-info.js';
import { labelsOf } from './labels.js';
import { reservedSharesOf } from './reserved-shares.js';
import { secretOf, secretVolumeOf } from './secrets.js';
import { resourcesOf, taskInfoOf } from './task-info.js';

function volumeOf({ containerPath, mode, source }: NestedContainerLaunch['volumes'][number]): object {
  const place =
    source.type === 'HOST'
      ? { host_path: source.path }
      : { source: { type: 'SANDBOX_PATH', sandbox_path: { type: 'PARENT', path: source.path } } };
  return { container_path: containerPath, mode, ...place };
}

/**
 * A container of a task group. Whether it shares the executor's cgroups is always said: agents before Mesos 1.10 know only sharing, and
 * later ones share unless they are told.
 */
function containerOf(container: NestedContainerLaunch): object {
  const { image, volumes, secretVolumes, linuxInfo, sharesCgroups } = container;
  const mounted = [...volumes.map(volumeOf), ...secretVolumes.map(secretVolumeOf)];
  return {
    type: 'MESOS',
    ...(image === undefined
      ? {}
      : {
          mesos: {
            image: {
              type: 'DOCKER',
              docker: {
                name: image.name,
                ...(image.pullSecret === undefined ? {} : { config: secretOf(image.pullSecret) }),
              },
              ...(image.forcePull === undefined ? {} : { cached: !image.forcePull }),
            },
          },
        }),
    ...(mounted.length === 0 ? {} : { volumes: mounted }),
    linux_info: { ...linuxInfoOf(linuxInfo), share_cgroups: sharesCgroups },
  };
}

function taskOf(launch: ContainerTaskLaunch, allocationRole: string): TaskInfo {
  const { container, keepsEntryPoint, ...plain } = launch;
  const { command = {}, ...task } = taskInfoOf(plain, allocationRole);
  const { value, ...withoutProgram } = command;
  return {
    ...task,
    command: keepsEntryPoint && !plain.command.shell ? withoutProgram : command,
    container: { ...containerOf(container), ...(plain.tty === true ? { tty_info: {} } : {}) },
  };
}

function executorOf(group: GroupLaunch, allocationRole: string): ExecutorInfo {
  const { executorId, frameworkId, resources, labels, networks, linuxInfo, tasks } = group;
  const hasContainer =
    networks.length > 0 ||
    linuxInfo !== undefined ||
    tasks.some(({ container }) => container.volumes.length + container.secretVolumes.length > 0);
  return {
    type: 'DEFAULT',
    executor_id: { value: executorId },
    framework_id: { value: frameworkId },
    resources: resources.parts.flatMap((part) => resourcesOf(part, allocationRole)),
    ...(hasContainer
      ? {
          container: {
            type: 'MESOS',
            ...(networks.length === 0 ? {} : { network_infos: networkInfosOf(networks) }),
            ...(linuxInfo === undefined ? {} : { linux_info: linuxInfoOf(linuxInfo) }),
          },
        }
      : {}),
    ...labelsOf(labels),
  };
}

/** A group of tasks as Mesos starts it (LAUNCH_GROUP), with resources that were offered to `allocationRole`. */
export function launchGroupOf(group: GroupLaunch, allocationRole: string): OfferOperation {
  const { reserved } = group;
  const [forExecutor = [], ...forTasks] =
    reserved === undefined ? [] : reservedSharesOf(reserved.offered, reserved.shares);
  const executor = executorOf(group, allocationRole);
  const tasks = group.tasks.map((task) => taskOf(task, allocationRole));
  return {
    type: 'LAUNCH_GROUP',
    launch_group: {
      executor: { ...executor, resources: [...(executor.resources ?? []), ...forExecutor] },
      task_group: {
        tasks: tasks.map((task, i) => ({ ...task, resources: [...task.resources, ...(forTasks[i] ?? [])] })),
      },
    },
  };
}
