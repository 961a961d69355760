import { valuesOf } from './query.js';
import type { Query } from './query.js';

/** What of a group's content is shown. */
export type GroupEmbed = 'groups' | 'apps' | 'pods';

const all: readonly GroupEmbed[] = ['groups', 'apps', 'pods'];

/** `embed=group.groups`, `group.apps`, `group.pods`; everything when none of them is asked for (those of apps may still be). */
export function groupEmbedsOf(query: Query): ReadonlySet<GroupEmbed> {
  const asked = new Set(valuesOf(query, 'embed'));
  const given = all.filter((embed) => asked.has(`group.${embed}`));
  return new Set(given.length > 0 ? given : all);
}
