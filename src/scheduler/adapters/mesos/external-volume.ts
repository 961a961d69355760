import type { LaunchedExternalVolume } from '../../model/offer.js';
import { secretOf } from './secrets.js';

type Texts = Readonly<Record<string, string>>;

const secretsOf = (sources: Texts): object =>
  Object.fromEntries(Object.entries(sources).map(([name, source]) => [name, secretOf(source)]));

/** A member of a message; nothing when it has no entries. */
const given = (name: string, value: object): object => (Object.keys(value).length === 0 ? {} : { [name]: value });

function dockerVolume({ name, driver, driverOptions }: Extract<LaunchedExternalVolume, { provider: 'dvdi' }>): object {
  const parameter = Object.entries(driverOptions).map(([key, value]) => ({ key, value }));
  return { driver, name, ...(parameter.length === 0 ? {} : { driver_options: { parameter } }) };
}

function csiVolume(volume: Extract<LaunchedExternalVolume, { provider: 'csi' }>): object {
  const { plugin, volumeId, capability, nodeStageSecrets, nodePublishSecrets, context, mode } = volume;
  const type =
    capability.type === 'block'
      ? { block: {} }
      : {
          mount: {
            ...(capability.fsType === undefined ? {} : { fs_type: capability.fsType }),
            ...(capability.mountFlags.length === 0 ? {} : { mount_flags: capability.mountFlags }),
          },
        };
  return {
    plugin_name: plugin,
    static_provisioning: {
      volume_id: volumeId,
      volume_capability: { ...type, access_mode: { mode: capability.accessMode } },
      readonly: mode === 'RO',
      ...given('node_stage_secrets', secretsOf(nodeStageSecrets)),
      ...given('node_publish_secrets', secretsOf(nodePublishSecrets)),
      ...given('volume_context', context),
    },
  };
}

/** A volume of a storage system, as either containerizer mounts it (`mesos.v1.Volume`). */
export function externalVolumeOf(volume: LaunchedExternalVolume): object {
  const { containerPath, mode } = volume;
  const source =
    volume.provider === 'dvdi'
      ? { type: 'DOCKER_VOLUME', docker_volume: dockerVolume(volume) }
      : { type: 'CSI_VOLUME', csi_volume: csiVolume(volume) };
  return { container_path: containerPath, mode, source };
}
