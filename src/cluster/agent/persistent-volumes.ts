import { join } from 'node:path';
import type { Resource } from '../../mesos/types.js';
import type { DiskInfo } from './containers/container-info.js';
import { pathInSandbox } from './containers/mounts.js';
import { isSafeId } from '../framework-info.js';
import { LaunchError } from './launch-error.js';
import type { AgentLayout } from './layout.js';

/** Where the data of a persistent volume is kept, as Mesos' agent lays it out: by the role that it is reserved for. */
export function volumeDirectory(layout: AgentLayout, role: string, persistenceId: string): string {
  // Roles have slashes, which become directories; both are checked before they get here.
  return join(layout.volumes, 'roles', role, persistenceId);
}

/** The directories of the persistent volumes among some resources, by their path in the sandbox. Throws LaunchError. */
export function persistentVolumes(layout: AgentLayout, resources: readonly Resource[]): ReadonlyMap<string, string> {
  const volumes = new Map<string, string>();
  for (const { disk, reservations, role } of resources) {
    const { persistence, volume } = (disk ?? {}) as DiskInfo;
    if (persistence === undefined || volume === undefined) continue;
    const owner = reservations?.at(-1)?.role ?? role ?? '*';
    if (!isSafeId(persistence.id) || !owner.split('/').every(isSafeId)) {
      throw new LaunchError(`'${persistence.id.slice(0, 300)}' is not an id of a persistent volume`);
    }
    volumes.set(pathInSandbox(volume.container_path), volumeDirectory(layout, owner, persistence.id));
  }
  return volumes;
}
