/** How many records there are of which kind: of what stands before the colon in their keys. */
export type KindCounts = ReadonlyMap<string, number>;

/** What one record of a kind is called, and several; other kinds are called after their keys. */
const names: Readonly<Record<string, readonly [one: string, several: string]>> = {
  app: ['app', 'apps'],
  pod: ['pod', 'pods'],
  version: ['version', 'versions'],
  group: ['group', 'groups'],
  root: ['change of the root group', 'changes of the root group'],
  instance: ['instance', 'instances'],
  leftover: ['place left over', 'places left over'],
  deployment: ['deployment', 'deployments'],
  failure: ['last failure', 'last failures'],
  terminations: ['history of ends', 'histories of ends'],
  'framework-id': ['framework id', 'framework ids'],
  'http-event-subscribers': ['list of event subscribers', 'lists of event subscribers'],
};

export function countKind(counts: Map<string, number>, key: string): void {
  const colon = key.indexOf(':');
  const kind = colon < 0 ? key : key.slice(0, colon);
  counts.set(kind, (counts.get(kind) ?? 0) + 1);
}

export function kindsOf(keys: Iterable<string>): KindCounts {
  const counts = new Map<string, number>();
  for (const key of keys) countKind(counts, key);
  return counts;
}

/** `3 apps, 5 versions, 1 framework id`, or `no records`. */
export function formatKinds(counts: KindCounts): string {
  const known = Object.keys(names);
  const rank = (kind: string): number => (known.includes(kind) ? known.indexOf(kind) : known.length);
  const parts = [...counts]
    .sort(([a], [b]) => rank(a) - rank(b))
    .map(([kind, count]) => `${count} ${(names[kind] ?? [kind, kind])[count === 1 ? 0 : 1]}`);
  return parts.length === 0 ? 'no records' : parts.join(', ');
}
