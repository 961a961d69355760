import type { ProxySettings } from '../compile/routing-model.js';
import type { ReadingRules } from '../labels/service-settings.js';
import type { LbOptions } from '../options.js';
import { readingRules } from '../reading-rules.js';
import type { Certificates } from './certificates.js';

interface InForce {
  readonly settings: ProxySettings;
  readonly reading: ReadingRules;
}

/** The settings with the certificates that there are now; the same objects until these change. */
export function settingsInForce(
  certificates: Certificates,
  settings: ProxySettings,
  options: LbOptions,
): () => InForce {
  let known: InForce | undefined;
  let list: Certificates['list'] | undefined;
  return () => {
    if (known === undefined || list !== certificates.list) {
      list = certificates.list;
      known = { settings: { ...settings, certificates: list }, reading: readingRules(options, certificates.byName) };
    }
    return known;
  };
}
