import type { ExecutorInfo, OfferOperation, TaskInfo } from '../../../mesos/types.js';
import type { ContainerTaskLaunch, GroupLaunch, NestedContainerLaunch } from '../../model/offer.js';
import { linuxInfoOf, networkInfosOf } from './container-info.js';
import { labelsOf } from './labels.js';
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
  const { image, volumes, linuxInfo, tty, sharesCgroups } = container;
  return {
    type: 'MESOS',
    ...(image === undefined
      ? {}
      : {
          mesos: {
            image: {
              type: 'DOCKER',
              docker: { name: image.name },
              ...(image.forcePull === undefined ? {} : { cached: !image.forcePull }),
            },
          },
        }),
    ...(volumes.length === 0 ? {} : { volumes: volumes.map(volumeOf) }),
    linux_info: { ...linuxInfoOf(linuxInfo), share_cgroups: sharesCgroups },
    ...(tty ? { tty_info: {} } : {}),
  };
}

type Limits = ContainerTaskLaunch['limits'];

/** `unlimited` is infinity, which JSON has no number for: protobuf writes it as a word. */
function limitOf(name: string, limit: Limits[keyof Limits]): object {
  return limit === undefined ? {} : { [name]: { value: limit === 'unlimited' ? 'Infinity' : limit } };
}

function taskOf(launch: ContainerTaskLaunch, allocationRole: string): TaskInfo {
  const { container, keepsEntryPoint, limits, ...plain } = launch;
  const { command = {}, ...task } = taskInfoOf(plain, allocationRole);
  const { value, ...withoutProgram } = command;
  const limited = { ...limitOf('cpus', limits.cpus), ...limitOf('mem', limits.memMib) };
  return {
    ...task,
    command: keepsEntryPoint && !plain.command.shell ? withoutProgram : command,
    container: containerOf(container),
    ...(Object.keys(limited).length === 0 ? {} : { limits: limited }),
  };
}

function executorOf(group: GroupLaunch, allocationRole: string): ExecutorInfo {
  const { executorId, frameworkId, resources, labels, networks, linuxInfo, tasks } = group;
  const hasContainer =
    networks.length > 0 || linuxInfo !== undefined || tasks.some(({ container }) => container.volumes.length > 0);
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
  return {
    type: 'LAUNCH_GROUP',
    launch_group: {
      executor: executorOf(group, allocationRole),
      task_group: { tasks: group.tasks.map((task) => taskOf(task, allocationRole)) },
    },
  };
}
