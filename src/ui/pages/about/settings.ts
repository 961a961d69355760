/** A setting with its value as it is in force. */
export interface Setting {
  readonly name: string;
  /** Undefined: it has none. */
  readonly value: string | undefined;
  readonly group: string;
}

/** What settings are about, by the first of these that fits their names. */
const groups: readonly (readonly [RegExp, string])[] = [
  [/^(?:zk|internal_store|store_|backup|restore|persistent_store)/, 'ZooKeeper and store'],
  [/^(?:metrics|reporter|prometheus|statsd|datadog|graphite)/, 'Metrics'],
  [
    /^(?:http|https|ssl|disable_http|access_control|assets|webui|event_stream|event_subscriber|max_.*requests|acl|plugin)/,
    'HTTP and access',
  ],
  [/^(?:ha$|leader|disable_ha|hostname|on_elected)/, 'Leader'],
  [
    /^(?:master|mesos|framework|failover|checkpoint|reconciliation|decline|min_revive|offer|revive|suppress|maintenance|draining)/,
    'Mesos',
  ],
  [
    /^(?:launch|max_instances|max_tasks|task_|scale_apps|kill_|local_port|default_|accepted_|env_vars|executor|gpu|drain|max_apps|new_group|artifact|min_health|max_concurrent)/,
    'Apps and instances',
  ],
];

/** What a setting is about. */
export function groupOf(name: string): string {
  return groups.find(([pattern]) => pattern.test(name))?.[1] ?? 'Other';
}

function valueText(value: unknown): string | undefined {
  if (value === null || value === undefined || value === '') return undefined;
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map((one) => valueText(one) ?? '').join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/**
 * All settings by name. `flags`: what `/config` says; `info`: the parts of `/v2/info` with settings, of which only those are taken that no flag
 * has the name of.
 */
export function settingsOf(
  flags: Readonly<Record<string, unknown>>,
  info: readonly (Readonly<Record<string, unknown>> | undefined)[],
): readonly Setting[] {
  const all = new Map<string, unknown>();
  for (const part of info) for (const [name, value] of Object.entries(part ?? {})) all.set(name, value);
  for (const [name, value] of Object.entries(flags)) all.set(name, value);
  return [...all]
    .map(([name, value]) => ({ name, value: valueText(value), group: groupOf(name) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Those that are found, by group; the groups by their names, `Other` last. */
export function groupedSettings(
  settings: readonly Setting[],
  text: string,
  onlySet: boolean,
): readonly { readonly group: string; readonly settings: readonly Setting[] }[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const found = settings.filter(({ name, value }) => {
    if (onlySet && value === undefined) return false;
    const all = `${name} ${value ?? ''}`.toLowerCase();
    return words.every((word) => all.includes(word));
  });
  const names = [...new Set(found.map(({ group }) => group))];
  names.sort((a, b) => Number(a === 'Other') - Number(b === 'Other') || a.localeCompare(b));
  return names.map((group) => ({ group, settings: found.filter((setting) => setting.group === group) }));
}
