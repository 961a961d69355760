/**
 * The groups that a label names. A blank beside a comma is part of a name, as it is for marathon-lb: an app must not turn up at
 * the edge to the outside because something reads its labels more kindly.
 */
export function readGroups(text: string): string[] {
  return text === '' ? [] : text.split(',');
}

/** Whether a service in `groups` is served by a load balancer for `wanted` (`ReadingRules.groups`). */
export function isServedIn(groups: readonly string[], wanted: readonly string[]): boolean {
  if (wanted.includes('*')) return true;
  if (wanted.length === 0) return groups.length === 0;
  return groups.some((group) => wanted.includes(group));
}

/** A group that would count here without the blanks around its name. */
export function groupWithBlanks(groups: readonly string[], wanted: readonly string[]): string | undefined {
  return groups.find((group) => group !== group.trim() && wanted.includes(group.trim()));
}
