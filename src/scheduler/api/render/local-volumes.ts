import type { Instance } from '../../model/instance.js';

/** The persistent volumes of an instance (RAML's LocalVolumeId). */
export function renderLocalVolumes({ appId, reservation }: Pick<Instance, 'appId' | 'reservation'>): readonly object[] {
  return (reservation?.volumes ?? []).map(({ containerPath, uuid, persistenceId }) => ({
    runSpecId: appId,
    containerPath,
    uuid,
    persistenceId,
  }));
}
