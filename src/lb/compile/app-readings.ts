import type { CatalogApp } from '../../catalog/types.js';
import { messageOf } from '../../common/errors.js';
import { hasValidSegments } from '../../common/path-id.js';
import { readAppSettings } from '../labels/read-settings.js';
import type { ReadingRules, ServiceSettings, SettingProblem } from '../labels/service-settings.js';
import { serviceBackend } from './backends.js';
import type { Backend, Mode } from './routing-model.js';
import { plainSettings, serviceOf } from './services.js';
import type { Service } from './services.js';

/** What an app wants, as far as it can be understood. */
export interface AppReading {
  readonly services: readonly Service[];
  readonly problems: readonly SettingProblem[];
  /** Why nothing of it can be used. */
  readonly unreadable: string | undefined;
}

const noPorts: ReadonlyMap<number, number> = new Map();

const samePorts = (a: ReadonlyMap<number, number>, b: ReadonlyMap<number, number>): boolean =>
  a === b || (a.size === b.size && [...a].every(([index, port]) => b.get(index) === port));

/** Capital letters are not Marathon's, but were seen. */
const isId = (id: string): boolean => id.length <= 255 && /^\/./.test(id) && hasValidSegments(id.toLowerCase());

const isRecord = (value: unknown): boolean => typeof value === 'object' && value !== null;

/** Why an app is none that can be looked at; undefined when it is one. */
export function shapeProblem({ id, labels, env, ports, healthChecks }: CatalogApp): string | undefined {
  if (!isId(id)) return 'not a valid id';
  const lists: unknown[] = [ports, healthChecks];
  const isWhole =
    lists.every((list) => Array.isArray(list) && list.every(isRecord)) && isRecord(labels) && isRecord(env);
  return isWhole ? undefined : 'its definition cannot be read: it is not of the shape of an app';
}

/**
 * What apps want, read once for each definition: an app that has not changed has the same services, and the same backends but
 * for the servers, as objects.
 */
export class AppReadings {
  readonly #rules: ReadingRules;
  #readings = new WeakMap<CatalogApp, { assigned: ReadonlyMap<number, number>; reading: AppReading }>();
  readonly #plain = new WeakMap<CatalogApp, Map<number, Service>>();
  readonly #shapes = new WeakMap<ServiceSettings, Map<string, Backend>>();

  constructor(rules: ReadingRules) {
    this.#rules = rules;
  }

  /** `assigned`: the service ports that are given to the app, by the index of the port. */
  read(app: CatalogApp, assigned: ReadonlyMap<number, number> = noPorts): AppReading {
    const known = this.#readings.get(app);
    if (known !== undefined && samePorts(known.assigned, assigned)) return known.reading;
    const reading = this.#read(app, assigned);
    this.#readings.set(app, { assigned, reading });
    return reading;
  }

  /** A port of an app without regard to what its labels say. Throws when it cannot be read. */
  plain(app: CatalogApp, portIndex: number): Service | undefined {
    const services = this.#plain.get(app) ?? new Map<number, Service>();
    this.#plain.set(app, services);
    const port = app.ports[portIndex];
    const known = services.get(portIndex);
    if (port === undefined || known !== undefined) return known;
    const service = serviceOf(app.id, plainSettings(app, portIndex, port));
    services.set(portIndex, service);
    return service;
  }

  /** The backend of a service without its servers. */
  shape(name: string, mode: Mode, service: Service): Backend {
    const shapes = this.#shapes.get(service.settings) ?? new Map<string, Backend>();
    this.#shapes.set(service.settings, shapes);
    const key = `${mode} ${name}`;
    const known = shapes.get(key);
    if (known !== undefined) return known;
    const shape = serviceBackend(name, mode, service, []);
    shapes.set(key, shape);
    return shape;
  }

  #read(app: CatalogApp, assigned: ReadonlyMap<number, number>): AppReading {
    try {
      const { services, problems } = readAppSettings(app, this.#rules, assigned);
      const found = services.map((settings) => serviceOf(app.id, settings));
      for (const service of found) this.shape(service.name, service.settings.mode, service);
      return { services: found, problems, unreadable: undefined };
    } catch (error) {
      return { services: [], problems: [], unreadable: `its definition cannot be read: ${messageOf(error)}` };
    }
  }
}
