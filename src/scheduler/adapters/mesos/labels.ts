import type { Labels } from '../../../mesos/types.js';

/** Labels in Mesos' form, as the member of a message; nothing when there are none. */
export function labelsOf(labels: Readonly<Record<string, string>>): { labels: Labels } | undefined {
  const list = Object.entries(labels).map(([key, value]) => ({ key, value }));
  return list.length === 0 ? undefined : { labels: { labels: list } };
}
