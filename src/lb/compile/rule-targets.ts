import type { CatalogApp } from '../../catalog/types.js';
import { messageOf } from '../../common/errors.js';

import { parseAcl } from '../rules/acl.js';
import type { Acl } from '../rules/acl.js';
import { readRuleSettings } from '../rules/rule-settings.js';
import type { Rule, RuleSettings } from '../rules/rule.js';
import type { AppReading, AppReadings } from './app-readings.js';
import { ruleName } from './names.js';
import { isTcp } from './services.js';
import type { Service } from './services.js';

/** A rule that has been understood, or why it has not. */
export type RuleReading =
  | { readonly name: string; readonly acl: Acl; readonly settings: RuleSettings; readonly error?: undefined }
  | { readonly error: string };

/** What rules say, read once for each. */
export class RuleReadings {
  readonly #readings = new WeakMap<Rule, RuleReading>();

  read(rule: Rule): RuleReading {
    const known = this.#readings.get(rule);
    if (known !== undefined) return known;
    let reading: RuleReading;
    try {
      reading = { name: ruleName(rule.id), acl: parseAcl(rule.acl), settings: readRuleSettings(rule) };
    } catch (error) {
      reading = { error: messageOf(error) };
    }
    this.#readings.set(rule, reading);
    return reading;
  }
}

function portIndexOf(app: CatalogApp, wanted: number | null): number {
  if (wanted === null) {
    const first = app.ports.findIndex(isTcp);
    if (first === -1) throw new Error('the app has no TCP port');
    return first;
  }
  const port = app.ports[wanted];
  if (port === undefined) throw new Error(`the app has no port ${wanted}; the first one is 0`);
  if (!isTcp(port)) throw new Error(`port ${wanted} of the app is not TCP`);
  return wanted;
}

/**
 * The service that a rule with an app leads to: also one that the app's labels keep from this load balancer, as an operator
 * decides that. One whose settings are bad in a way that costs the service is not to be had by a rule either. Throws an Error
 * that says why there is none.
 */
export function ruleTarget(
  portIndex: number | null,
  app: CatalogApp,
  { services, problems }: Pick<AppReading, 'services' | 'problems'>,
  readings: AppReadings,
): Service {
  const index = portIndexOf(app, portIndex);
  const served = services.find(({ settings }) => settings.portIndex === index);
  if (served !== undefined) return served;
  const bad = problems.find(
    ({ isFatal, label }) => isFatal && (label.startsWith(`HAPROXY_${index}_`) || !/^HAPROXY_\d/.test(label)),
  );
  if (bad !== undefined) throw new Error(`the app's port ${index} is not served: ${bad.label}: ${bad.reason}`);
  const plain = readings.plain(app, index);
  if (plain === undefined) throw new Error(`the app has no port ${index}`);
  return plain;
}
