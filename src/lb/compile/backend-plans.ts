import type { PathId } from '../../common/path-id.js';
import type { AppReadings } from './app-readings.js';
import { byText } from './by-text.js';
import { fixedBackendName, httpBackendName } from './names.js';
import type { Backend, Mode } from './routing-model.js';
import type { Service } from './services.js';

/** A backend, but for its servers. */
export type BackendPlan =
  | {
      readonly kind: 'service';
      readonly name: string;
      readonly shape: Backend;
      readonly service: Service;
      /** Another backend has the same servers, and tells what is wrong with them. */
      readonly isSecond: boolean;
    }
  | { readonly kind: 'fixed'; readonly name: string; readonly rule: PathId; readonly servers: readonly string[] };

/** The backends that something leads to. */
export class BackendPlans {
  readonly #readings: AppReadings;
  readonly #plans = new Map<string, BackendPlan>();
  readonly #http = new Set<Service>();

  constructor(readings: AppReadings) {
    this.#readings = readings;
  }

  /** Makes a service speak HTTP, whatever its settings say. To be called before it is added. */
  speakHttp(service: Service): void {
    this.#http.add(service);
  }

  modeOf(service: Service): Mode {
    return this.#http.has(service) ? 'http' : service.settings.mode;
  }

  /** Throws when the app cannot be read. */
  add(service: Service): string {
    return this.#add(service.name, this.modeOf(service), service, false);
  }

  /** One that speaks HTTP: the service's own, or a second one for a service that is plain TCP on its port. Throws as `add`. */
  addHttp(service: Service): string {
    if (this.modeOf(service) === 'http') return this.add(service);
    return this.#add(httpBackendName(service.name), 'http', service, true);
  }

  addFixed(rule: PathId, servers: readonly string[]): string {
    const name = fixedBackendName(rule);
    this.#plans.set(name, { kind: 'fixed', name, rule, servers });
    return name;
  }

  /** By name. */
  list(): BackendPlan[] {
    return [...this.#plans.values()].sort((a, b) => byText(a.name, b.name));
  }

  #add(name: string, mode: Mode, service: Service, isSecond: boolean): string {
    if (!this.#plans.has(name)) {
      this.#plans.set(name, {
        kind: 'service',
        name,
        shape: this.#readings.shape(name, mode, service),
        service,
        isSecond,
      });
    }
    return name;
  }
}
