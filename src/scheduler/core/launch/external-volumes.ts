import type { Json } from '../../model/app-definition.js';
import type { Container, ExternalVolume } from '../../model/container.js';
import type { LaunchedExternalVolume } from '../../model/offer.js';

type Options = NonNullable<ExternalVolume['options']>;

/** What options of the volume driver are called in apps. */
const dvdi = 'dvdi/';
const driverOption = `${dvdi}driver`;

const textOf = (value: Json | undefined): string | undefined => (typeof value === 'string' ? value : undefined);

/** The member of a map in JSON; undefined for what is none. */
function memberOf(value: Json | undefined, name: string): Json | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, name))
    return undefined;
  return (value as { readonly [key: string]: Json })[name];
}

function textsOf(value: Json | undefined): Readonly<Record<string, string>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

/** All options for the driver, without their prefix; the size of the volume (GiB) is one of them. */
function driverOptionsOf(options: Options, size: number | undefined): Readonly<Record<string, string>> {
  const own = Object.entries(textsOf(options))
    .filter(([name]) => name.startsWith(dvdi) && name.toLowerCase() !== driverOption)
    .map(([name, value]): [string, string] => [name.slice(dvdi.length), value.trim()]);
  return { ...Object.fromEntries(own), ...(size === undefined ? {} : { size: String(size) }) };
}

type CsiVolume = Extract<LaunchedExternalVolume, { provider: 'csi' }>;

function capabilityOf(capability: Json | undefined): CsiVolume['capability'] {
  const accessMode = textOf(memberOf(capability, 'accessMode')) ?? 'UNKNOWN';
  if (memberOf(capability, 'accessType') === 'block') return { accessMode, type: 'block' };
  const fsType = textOf(memberOf(capability, 'fsType'));
  const flags = memberOf(capability, 'mountFlags');
  const mountFlags = Array.isArray(flags) ? flags.filter((flag): flag is string => typeof flag === 'string') : [];
  return { accessMode, type: 'mount', ...(fsType === undefined ? {} : { fsType }), mountFlags };
}

/** The volumes of storage systems that a container mounts (marathon.md §12); the rules see to it that they are complete. */
export function externalVolumesOf({ volumes }: Pick<Container, 'volumes'>): readonly LaunchedExternalVolume[] {
  return volumes.flatMap(({ containerPath, mode = 'RW', external }): LaunchedExternalVolume[] => {
    if (external === undefined) return [];
    const { name = '', provider, options = {}, size } = external;
    if (provider === 'csi') {
      return [
        {
          provider,
          containerPath,
          mode,
          volumeId: name,
          plugin: textOf(options['pluginName']) ?? '',
          capability: capabilityOf(options['capability']),
          nodeStageSecrets: textsOf(options['nodeStageSecret']),
          nodePublishSecrets: textsOf(options['nodePublishSecret']),
          context: textsOf(options['volumeContext']),
        },
      ];
    }
    const driver = textOf(options[driverOption]) ?? '';
    return [{ provider: 'dvdi', containerPath, mode, name, driver, driverOptions: driverOptionsOf(options, size) }];
  });
}
