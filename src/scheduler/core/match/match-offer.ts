import type { AppDefinition } from '../../model/app-definition.js';
import type { Offer, RoleResources, TaskResources } from '../../model/offer.js';
import { offerFilters } from './filters.js';
import { resourcesFor, take } from './offer-resources.js';
import { pickHostPorts } from './ports.js';
import type { Refusal } from './reject-reason.js';
import type { Spreads } from './spread.js';

export type Match =
  | { readonly fits: true; readonly ports: readonly number[]; readonly taken: TaskResources; readonly rest: Offer }
  | { readonly fits: false; readonly refusals: readonly Refusal[] };

/** Roles whose resources an app may use: its own list, else unreserved ones and those of its role. */
export function acceptedRolesOf(app: AppDefinition): readonly string[] {
  return app.acceptedResourceRoles ?? (app.role === '*' ? ['*'] : [app.role, '*']);
}

/**
 * Holds one offer against one app. Either it fits, with the host ports, what the task takes and the offer that is left; or
 * every filter that says no is named, with what was needed and what was there. `spreads`: where its instances are already.
 */
export function matchOffer(app: AppDefinition, offer: Offer, spreads: Spreads, random: () => number): Match {
  const acceptedRoles = acceptedRolesOf(app);
  const resources = resourcesFor(offer, acceptedRoles);
  const candidate = { app, offer, spreads, acceptedRoles, resources };
  const refusals: Refusal[] = [];
  for (const filter of offerFilters) {
    const refusal = filter(candidate);
    if (refusal !== undefined) refusals.push(refusal);
  }
  if (refusals.length > 0) return { fits: false, refusals };
  const ports = pickHostPorts(app, resources.ports, random);
  if (ports === undefined) {
    return {
      fits: false,
      refusals: [{ reason: 'InsufficientPorts', needed: `${app.portDefinitions.length} ports`, had: 'too few' }],
    };
  }
  const { taken, rest } = take(resources, { ...app, ports });
  const untouched: readonly RoleResources[] = offer.resources.filter((r) => !acceptedRoles.includes(r.role));
  return { fits: true, ports, taken, rest: { ...offer, resources: [...rest, ...untouched] } };
}
