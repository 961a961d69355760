/** The groups that a label names; blanks around the commas mean nothing. */
export function readGroups(text: string): string[] {
  return text
    .split(',')
    .map((group) => group.trim())
    .filter((group) => group !== '');
}

/** Whether a service in `groups` is served by a load balancer for `wanted` (`ReadingRules.groups`). */
export function isServedIn(groups: readonly string[], wanted: readonly string[]): boolean {
  if (wanted.includes('*')) return true;
  if (wanted.length === 0) return groups.length === 0;
  return groups.some((group) => wanted.includes(group));
}
