/** A parsed query string: the value of a key that is given more than once is a list. */
export type Query = Readonly<Record<string, string | readonly string[] | undefined>>;

/** All values of a key, in order. */
export function valuesOf(query: Query, key: string): readonly string[] {
  const value = Object.hasOwn(query, key) ? query[key] : undefined;
  if (value === undefined) return [];
  return typeof value === 'string' ? [value] : value;
}

/** The first value of a key. */
export function textOf(query: Query, key: string): string | undefined {
  return valuesOf(query, key)[0];
}

/** `true` in any case is true, any other text false, as Java reads it; absent is `byDefault`. */
export function flagOf(query: Query, key: string, byDefault: boolean): boolean {
  const value = textOf(query, key);
  return value === undefined ? byDefault : value.toLowerCase() === 'true';
}

/** What may be shown of an app besides its definition. */
export type AppEmbed = 'counts' | 'deployments' | 'tasks' | 'readiness' | 'lastTaskFailure' | 'taskStats';

const embeds: Readonly<Record<string, readonly AppEmbed[]>> = {
  counts: ['counts'],
  deployments: ['deployments'],
  tasks: ['tasks', 'deployments'],
  readiness: ['readiness'],
  lastTaskFailure: ['lastTaskFailure'],
  taskStats: ['taskStats'],
  failures: ['lastTaskFailure', 'tasks', 'deployments'],
};

/** The `embed` parameters, with any of Marathon's prefixes, and `always`. Unknown ones are ignored, as Marathon does. */
export function appEmbedsOf(query: Query, always: readonly AppEmbed[]): ReadonlySet<AppEmbed> {
  const asked = valuesOf(query, 'embed').flatMap((value) => {
    const name = value.replace(/^(?:group\.apps\.|apps\.|app\.)/, '');
    return Object.hasOwn(embeds, name) ? (embeds[name] ?? []) : [];
  });
  return new Set([...always, ...asked]);
}
