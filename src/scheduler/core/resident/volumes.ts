import { safePathOf } from '../../../common/path-id.js';
import type { LocalVolume } from '../../model/instance.js';
import { isPod } from '../../model/run-spec.js';
import type { RunSpec } from '../../model/run-spec.js';
import type { Constraint } from '../match/constraints.js';

/** A persistent volume that each instance of an app or pod has (marathon.md §12). */
export interface WantedVolume {
  /** Of a pod, the volume's name. */
  readonly containerPath: string;
  readonly type: 'root' | 'path' | 'mount';
  readonly sizeMib: number;
  /** Of a mount disk, which is taken as a whole. */
  readonly maxSizeMib?: number;
  readonly profileName?: string;
  /** On the path of the disk. */
  readonly constraints: readonly Constraint[];
}

type GivenConstraints = readonly (readonly string[])[];

function constraintsOf(given: GivenConstraints): readonly Constraint[] {
  return given.map(([field = '', operator = '', value = '']) => ({
    field,
    operator: operator as Constraint['operator'],
    ...(value === '' ? {} : { value }),
  }));
}

function volumesOf(runSpec: RunSpec): readonly WantedVolume[] {
  if (isPod(runSpec)) {
    return runSpec.volumes.flatMap((volume) => {
      if (volume.type !== 'persistent') return [];
      const { constraints, ...persistent } = volume.persistent;
      return [{ containerPath: volume.name, ...persistent, constraints: constraintsOf(constraints) }];
    });
  }
  return (runSpec.container?.volumes ?? []).flatMap(({ containerPath, persistent }) => {
    if (persistent === undefined) return [];
    const {
      size,
      maxSize,
      profileName,
      constraints = [],
      type = profileName === undefined ? 'root' : 'mount',
    } = persistent;
    return [
      {
        containerPath,
        type,
        sizeMib: size,
        ...(maxSize === undefined ? {} : { maxSizeMib: maxSize }),
        ...(profileName === undefined ? {} : { profileName }),
        constraints: constraintsOf(constraints),
      },
    ];
  });
}

const known = new WeakMap<RunSpec, readonly WantedVolume[]>();

/** The persistent volumes of each instance; worked out once for each definition. */
export function persistentVolumesOf(runSpec: RunSpec): readonly WantedVolume[] {
  let volumes = known.get(runSpec);
  if (volumes === undefined) known.set(runSpec, (volumes = volumesOf(runSpec)));
  return volumes;
}

/** Whether instances stay where their volumes are. */
export function isResident(runSpec: RunSpec): boolean {
  return persistentVolumesOf(runSpec).length > 0;
}

/** A new volume for `wanted`, as the instance remembers it. `uuid` is new. */
export function localVolumeOf(
  runSpec: Pick<RunSpec, 'id'>,
  { containerPath }: WantedVolume,
  uuid: string,
): LocalVolume {
  return { containerPath, uuid, persistenceId: `${safePathOf(runSpec.id)}#${containerPath}#${uuid}` };
}
