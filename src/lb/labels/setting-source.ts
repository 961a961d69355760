import type { CatalogApp } from '../../catalog/types.js';
import type { ReadingRules } from './service-settings.js';

/** Longer ones are not read; 100 host names fit. */
export const maxValueLength = 32_768;

/** The `HAPROXY_…` settings of an app, wherever they are. */
export interface SettingSource {
  /** By their whole name. */
  readonly values: ReadonlyMap<string, string>;
  /** Those of them that are labels, where a name that nobody knows is a mistake; the environment is for other programs as well. */
  readonly isLabel: (name: string) => boolean;
}

const prefix = 'HAPROXY_';

/** Collects the settings of an app; where a name is a label and a variable, the label counts. */
export function settingSourceOf(app: CatalogApp, from: ReadingRules['settingsFrom']): SettingSource {
  const values = new Map<string, string>();
  const take = (record: Readonly<Record<string, string>>): void => {
    for (const name of Object.keys(record)) {
      const value = name.startsWith(prefix) ? record[name] : undefined;
      if (value !== undefined) values.set(name, value);
    }
  };
  const readsLabels = from === 'labels' || from === 'both';
  if (from === 'env' || from === 'both') take(app.env);
  if (readsLabels) take(app.labels);
  return { values, isLabel: (name) => readsLabels && Object.hasOwn(app.labels, name) };
}
