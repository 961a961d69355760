import { redacted, withoutCredentials } from '../common/redact.js';
import { flagNames, flagOf, missingFlags } from './flags.js';
import type { FlagName, SettingValue } from './flags.js';

/** A value as it may be shown: secrets are replaced, as a whole or within an address. */
export function shownValue(name: FlagName, value: SettingValue): SettingValue {
  if (value === undefined || value === '') return value;
  if (flagOf(name).secret === true) return redacted;
  if (typeof value === 'string') return shownText(value);
  return typeof value === 'object' ? value.map(shownText) : value;
}

/** Only addresses have secrets in them: a user named `me@realm` is shown. */
function shownText(text: string): string {
  return text.includes('//') ? withoutCredentials(text) : text;
}

/**
 * Every option of Marathon's by its name with its value in force, for `/v2/info` and `/config`; null for those that have none.
 * Those that cannot be set here are shown with Marathon's default. `values` are what `settings` say, made complete by the role.
 */
export function shownFlags(
  values: Readonly<Record<FlagName, SettingValue>>,
): Record<string, NonNullable<SettingValue> | null> {
  const own = flagNames
    .filter((name) => flagOf(name).marathon === true)
    .map((name) => [name, shownValue(name, values[name]) ?? null] as const);
  const missing = Object.entries(missingFlags).map(([name, flag]) => [name, flag.default ?? null] as const);
  return Object.fromEntries([...own, ...missing].sort(([a], [b]) => (a < b ? -1 : 1)));
}
