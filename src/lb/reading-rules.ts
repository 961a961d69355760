import type { ReadingRules } from './labels/service-settings.js';
import type { LbOptions } from './options.js';

/** How the labels of apps are read, by the settings; `certificates` are files by the names under which labels may ask for them. */
export function readingRules(options: LbOptions, certificates: ReadonlyMap<string, string> = new Map()): ReadingRules {
  const { settingsFrom, groups, isStrict, templateLabels, bindAddress, bindAddresses, servicePorts, assignedPorts } =
    options;
  return {
    settingsFrom,
    groups,
    isStrict,
    templateLabels,
    bindAddress,
    bindAddresses,
    servicePorts,
    certificates,
    assignedPorts,
  };
}
