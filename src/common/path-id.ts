/**
 * Marathon's path ids (`/group/app`). Everything here is pure text; an absolute id starts with `/`, the root group is `/`.
 */
export type PathId = string;

const label = '[a-z0-9](?:[a-z0-9-]*[a-z0-9])?';
/**
 * One meaning per character, so matching is linear (Marathon's own expression is exponential in a backtracking engine).
 * Accepts what Marathon's `^(([a-z0-9]|[a-z0-9][a-z0-9\-]*[a-z0-9])\.)*([a-z0-9]|[a-z0-9][a-z0-9\-]*[a-z0-9])|(\.|\.\.)$` means.
 */
const segmentPattern = new RegExp(`^(?:${label}(?:\\.${label})*|\\.\\.?)$`);

/** The expression as Marathon prints it in error messages. */
export const segmentPatternText =
  '^(([a-z0-9]|[a-z0-9][a-z0-9\\-]*[a-z0-9])\\.)*([a-z0-9]|[a-z0-9][a-z0-9\\-]*[a-z0-9])|(\\.|\\.\\.)$';

/** The segments of an id, absolute or not, empty ones (from `//` or a trailing `/`) left out. */
export function segmentsOf(id: string): string[] {
  return id.split('/').filter((s) => s !== '');
}

/** Whether every segment is made of legal characters (`.` and `..` included). */
export function hasValidSegments(id: string): boolean {
  return segmentsOf(id).every((s) => segmentPattern.test(s));
}

/** The absolute form of `id`, taken relative to the group `base`; `.` and `..` are resolved, `..` above the root stays there. */
export function resolvePathId(id: string, base: PathId = '/'): PathId {
  const result: string[] = id.startsWith('/') ? [] : segmentsOf(base);
  for (const segment of segmentsOf(id)) {
    if (segment === '..') result.pop();
    else if (segment !== '.') result.push(segment);
  }
  return `/${result.join('/')}`;
}

/** The group that holds `id`; `/` for top-level ids and for `/` itself. */
export function parentOf(id: PathId): PathId {
  const end = id.lastIndexOf('/');
  return end <= 0 ? '/' : id.slice(0, end);
}

/** Marathon's "safe path", used in task ids: `/prod/db` → `prod_db`. */
export function safePathOf(id: PathId): string {
  return segmentsOf(id).join('_');
}

/** Marathon's "hostname form", the Mesos task name that Mesos-DNS publishes: `/prod/db/mysql` → `mysql.db.prod`. */
export function hostnameFormOf(id: PathId): string {
  return segmentsOf(id).reverse().join('.');
}
