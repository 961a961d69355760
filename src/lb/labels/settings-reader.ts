import type { CatalogApp } from '../../catalog/types.js';
import { readAppSettings } from './read-settings.js';
import type { AppSettings, ReadingRules } from './service-settings.js';

interface Remembered {
  readonly assigned: string;
  readonly settings: AppSettings;
}

/**
 * `readAppSettings` that remembers: the same app, read by the same rules with the same assigned ports, gives the same object
 * again. Apps are never changed in place, so a changed one is another object.
 */
export class SettingsReader {
  #rules: ReadingRules | undefined;
  #remembered = new WeakMap<CatalogApp, Remembered>();

  read(app: CatalogApp, rules: ReadingRules, assignedPorts?: ReadonlyMap<number, number>): AppSettings {
    if (rules !== this.#rules) {
      this.#rules = rules;
      this.#remembered = new WeakMap();
    }
    const assigned = assignedPorts === undefined ? '' : JSON.stringify([...assignedPorts]);
    const before = this.#remembered.get(app);
    if (before?.assigned === assigned) return before.settings;
    const settings = readAppSettings(app, rules, assignedPorts);
    this.#remembered.set(app, { assigned, settings });
    return settings;
  }
}
