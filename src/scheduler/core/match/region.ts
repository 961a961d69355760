import type { Offer } from '../../model/offer.js';
import type { Constraint } from './constraints.js';
import type { Refusal } from './reject-reason.js';

/** Who says anything about these may be placed anywhere. */
const placeFields: ReadonlySet<string> = new Set(['@region', '@zone']);

/**
 * Refuses agents of another region than the master's to what has no constraint on regions or zones (marathon.md §10). An agent without a
 * region counts as one of the master's; a master without one knows of no agents that have one.
 */
export function regionRefusal(
  constraints: readonly Constraint[],
  { region }: Pick<Offer, 'region'>,
  localRegion: string | undefined,
): Refusal | undefined {
  if (region === undefined || localRegion === undefined || region === localRegion) return undefined;
  if (constraints.some(({ field }) => placeFields.has(field))) return undefined;
  return {
    reason: 'UnfulfilledConstraint',
    needed: `the local region ${localRegion}, as no constraint names a region or zone`,
    had: `region ${region}`,
  };
}
