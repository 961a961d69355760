import type { CatalogPort } from '../../types.js';
import { fieldsOf, objectsOf, portOf, textOf, textsOf } from './json-fields.js';
import type { Fields } from './json-fields.js';

/** More ports than this are those of no app that anybody runs. */
const maxPorts = 1_024;

/** Where the ports of an app's tasks are (lb.md §C.3). */
export type NetworkMode = 'host' | 'bridge' | 'container';

/** A port of an app, and what its tasks have for it. */
export interface AppPort {
  readonly port: CatalogPort;
  /** Whether a task has a port of its agent for it, and the number if that is fixed. */
  readonly onHost: { readonly fixed: number | undefined } | undefined;
}

export interface AppPorts {
  readonly mode: NetworkMode;
  readonly ports: readonly AppPort[];
}

function modeOfWord(word: string | undefined): NetworkMode {
  switch (word?.toLowerCase()) {
    case 'host':
      return 'host';
    case 'container/bridge':
    case 'bridge':
      return 'bridge';
    default:
      return 'container';
  }
}

function modeOf(app: Fields, docker: Fields | undefined): NetworkMode {
  const last = objectsOf(app['networks']).at(-1);
  if (last !== undefined) return modeOfWord(textOf(last['mode']));
  switch (textOf(docker?.['network'])?.toUpperCase()) {
    case 'USER':
      return 'container';
    case 'BRIDGE':
      return 'bridge';
    default:
      return fieldsOf(app['ipAddress']) === undefined ? 'host' : 'container';
  }
}

function catalogPort(
  { protocol, name, labels }: Fields,
  servicePort: number,
  containerPort: number | undefined,
): CatalogPort {
  const called = textOf(name);
  return {
    servicePort,
    protocol: textOf(protocol) ?? 'tcp',
    ...(called === undefined ? {} : { name: called }),
    ...(containerPort === undefined ? {} : { containerPort }),
    labels: textsOf(labels),
  };
}

/**
 * The ports of an app, of any Marathon since 0.8: `portMappings` (of the container, or of Docker), the `discovery` ports of `ipAddress`,
 * `portDefinitions`, or the numbers in `ports`. Those of one place keep their order, and their index with it, whether they have a service
 * port or not.
 */
export function appPorts(app: Fields): AppPorts {
  const container = fieldsOf(app['container']);
  const docker = fieldsOf(container?.['docker']);
  const mode = modeOf(app, docker);
  const legacy = (Array.isArray(app['ports']) ? app['ports'] : []).slice(0, maxPorts).map(portOf);
  const definitions = objectsOf(app['portDefinitions']).slice(0, maxPorts);
  const serviceNumbers = definitions.length > 0 ? definitions.map(({ port }) => portOf(port)) : legacy;

  if (mode !== 'host') {
    const ofDocker = objectsOf(docker?.['portMappings']);
    const mappings = ofDocker.length > 0 ? ofDocker : objectsOf(container?.['portMappings']);
    if (mappings.length > 0) {
      const ports = mappings.slice(0, maxPorts).map((mapping, i) => ({
        port: catalogPort(mapping, portOf(mapping['servicePort'] ?? legacy[i]), portOf(mapping['containerPort'])),
        // A bridge always has one; elsewhere it has to be asked for.
        onHost: mode === 'bridge' || typeof mapping['hostPort'] === 'number' ? { fixed: undefined } : undefined,
      }));
      return { mode, ports };
    }
    const discovered = objectsOf(fieldsOf(fieldsOf(app['ipAddress'])?.['discovery'])?.['ports']);
    if (discovered.length > 0) {
      const ports = discovered.slice(0, maxPorts).map((discovery, i) => ({
        port: catalogPort(discovery, serviceNumbers[i] ?? 0, portOf(discovery['number'])),
        onHost: undefined,
      }));
      return { mode, ports };
    }
  }
  const isFixed = app['requirePorts'] === true;
  const ports = serviceNumbers.map((number, i) => ({
    port: catalogPort(definitions[i] ?? {}, number, undefined),
    onHost: { fixed: isFixed ? number : undefined },
  }));
  return { mode, ports };
}
