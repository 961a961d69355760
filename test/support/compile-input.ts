import { Catalog } from '../../src/catalog/catalog.js';
import type { CatalogApp, CatalogInstance } from '../../src/catalog/types.js';
import type { CompileInput } from '../../src/lb/compile/compile.js';
import type { ReadingRules } from '../../src/lb/labels/service-settings.js';
import { proxySettings } from './proxy-settings.js';

/** How `ekiden lb` reads labels without any option, but for what is given: every group is served. */
export function readingRules(more: Partial<ReadingRules> = {}): ReadingRules {
  return {
    settingsFrom: 'labels',
    groups: ['*'],
    isStrict: false,
    templateLabels: false,
    bindAddress: '0.0.0.0',
    bindAddresses: [],
    servicePorts: [],
    certificates: new Map(),
    assignedPorts: null,
    ...more,
  };
}

export function catalogOf(apps: readonly CatalogApp[], instances: readonly CatalogInstance[] = []): Catalog {
  const catalog = new Catalog();
  catalog.change({ apps, removedApps: [], instances, removedInstances: [] });
  return catalog;
}

/** An input without rules, in which nothing is known against anybody. */
export function compileInput(more: Partial<CompileInput> = {}): CompileInput {
  return {
    catalog: new Catalog(),
    rules: [],
    settings: proxySettings(),
    reading: readingRules(),
    owners: new Map(),
    addressOf: () => undefined,
    portProblem: () => undefined,
    rejected: () => undefined,
    ...more,
  };
}
