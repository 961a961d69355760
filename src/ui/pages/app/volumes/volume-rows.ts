import type { AppDetails, LocalVolume } from '../../../api/app-details.js';
import type { PodStatus } from '../../../api/pod-details.js';
import type { InstanceRow } from '../instances/instance-row.js';

/** A volume that a definition asks for. */
export interface DefinedVolume {
  readonly kind: 'persistent' | 'host' | 'external' | 'secret' | 'ephemeral';
  /** Where it is in the container. */
  readonly path: string;
  /** The directory of the host, the name of what is outside, the type of disk. */
  readonly source: string;
  readonly mode: string;
  readonly sizeMib: number | undefined;
}

/** A persistent volume that was made for an instance. */
export interface MadeVolume {
  readonly volume: LocalVolume;
  readonly instance: InstanceRow;
  readonly sizeMib: number | undefined;
  /** Whether a task uses it; else it waits for one, on its agent. */
  readonly isAttached: boolean;
}

/** What an app's container is given. */
export function volumesOfApp({ container }: AppDetails): readonly DefinedVolume[] {
  return (container?.volumes ?? []).map((volume): DefinedVolume => {
    const { containerPath: path = '', mode = 'RW', hostPath, persistent, external, secret } = volume;
    if (persistent !== undefined) {
      const source = [
        persistent.type ?? 'root',
        ...(persistent.profileName === undefined ? [] : [persistent.profileName]),
      ];
      return { kind: 'persistent', path, source: source.join(', '), mode, sizeMib: persistent.size };
    }
    if (external !== undefined) {
      const source = [external.name, external.provider].filter((word) => word !== undefined).join(' of ');
      // Of external volumes sizes are in GiB (marathon.md §12)
      const sizeMib = external.size === undefined ? undefined : external.size * 1024;
      return { kind: 'external', path, source, mode, sizeMib };
    }
    if (secret !== undefined) return { kind: 'secret', path, source: secret, mode: 'RO', sizeMib: undefined };
    return { kind: 'host', path, source: hostPath ?? '', mode, sizeMib: undefined };
  });
}

/** What the containers of a pod are given: each mount is one. */
export function volumesOfPod({ spec }: PodStatus): readonly DefinedVolume[] {
  return (spec.volumes ?? []).flatMap((volume) => {
    const { name, host, secret, persistent } = volume;
    const kind =
      persistent !== undefined
        ? 'persistent'
        : host !== undefined
          ? 'host'
          : secret !== undefined
            ? 'secret'
            : 'ephemeral';
    const source = host ?? secret ?? name;
    const mounts = spec.containers.flatMap((container) =>
      (container.volumeMounts ?? [])
        .filter((mount) => mount.name === name)
        .map((mount) => ({
          path: `${container.name}: ${mount.mountPath}`,
          mode: mount.readOnly === true ? 'RO' : 'RW',
        })),
    );
    return (mounts.length === 0 ? [{ path: '', mode: 'RW' }] : mounts).map(({ path, mode }): DefinedVolume => ({
      kind,
      path,
      source,
      mode,
      sizeMib: persistent?.size,
    }));
  });
}

const endedStates: ReadonlySet<string> = new Set([
  'TASK_FAILED',
  'TASK_FINISHED',
  'TASK_KILLED',
  'TASK_ERROR',
  'TASK_DROPPED',
  'TASK_GONE',
  'TASK_LOST',
  'TASK_UNREACHABLE',
  'TERMINAL',
  'PENDING',
]);

/** The persistent volumes that there are. */
export function madeVolumes(rows: readonly InstanceRow[], defined: readonly DefinedVolume[]): readonly MadeVolume[] {
  const sizes = new Map(defined.flatMap(({ kind, path, sizeMib }) => (kind === 'persistent' ? [[path, sizeMib]] : [])));
  return rows.flatMap((instance) =>
    instance.volumes.map((volume) => ({
      volume,
      instance,
      sizeMib: sizes.get(volume.containerPath),
      isAttached: !endedStates.has(instance.state),
    })),
  );
}
