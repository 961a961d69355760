import type { Offer, RoleResources, TaskResources } from '../../model/offer.js';
import type { RunSpec } from '../../model/run-spec.js';
import type { CoreSettings } from '../settings.js';
import { acceptedRolesOf } from './accepted-roles.js';
import { askOf } from './ask.js';
import { offerFilters } from './filters.js';
import { maintenanceRefusal } from './maintenance.js';
import { resourcesFor, take } from './offer-resources.js';
import { pickPorts } from './ports.js';
import type { PickedPorts } from './ports.js';
import { rejectReasons } from './reject-reason.js';
import type { Refusal } from './reject-reason.js';
import { regionRefusal } from './region.js';
import { scarceGpusRefusal } from './scarce-gpus.js';
import type { Spreads } from './spread.js';

export type Match =
  | ({
      readonly fits: true;
      /** What an app's task takes, or a pod's executor; the ports are in it. */
      readonly taken: TaskResources;
      /** What each of a pod's containers takes. */
      readonly containers: readonly TaskResources[];
      readonly rest: Offer;
    } & PickedPorts)
  | { readonly fits: false; readonly refusals: readonly Refusal[] };

/** When, and under which settings, an offer is held against an app. */
export interface MatchRules {
  readonly nowMs: number;
  readonly settings: Pick<
    CoreSettings,
    'defaultAcceptedRoles' | 'maintenanceMode' | 'drainingMs' | 'gpuScheduling' | 'executor'
  >;
  /** Of the master. */
  readonly localRegion?: string | undefined;
}

/** What holds where the operator has set nothing and no time is known: resources of all roles, maintenance is not heeded. */
const plainRules: MatchRules = {
  nowMs: 0,
  settings: {
    defaultAcceptedRoles: 'any',
    maintenanceMode: false,
    drainingMs: 0,
    gpuScheduling: 'restricted',
    executor: '//cmd',
  },
};

/** The refusals in the order of Marathon's funnel. */
function inFunnelOrder(refusals: readonly Refusal[]): Refusal[] {
  const place = ({ reason }: Refusal): number => rejectReasons.indexOf(reason);
  return [...refusals].sort((a, b) => place(a) - place(b));
}

/**
 * Holds one offer against one app or pod. Either it fits, with the ports, what the tasks take and the offer that is left; or
 * every filter that says no is named, with what was needed and what was there. `spreads`: where its instances are already.
 */
export function matchOffer(
  runSpec: RunSpec,
  offer: Offer,
  spreads: Spreads,
  random: () => number,
  { nowMs, settings, localRegion }: MatchRules = plainRules,
): Match {
  const acceptedRoles = acceptedRolesOf(runSpec, settings.defaultAcceptedRoles);
  const resources = resourcesFor(offer, acceptedRoles);
  const ask = askOf(runSpec, settings.executor);
  const candidate = { ask, offer, spreads, acceptedRoles, resources };
  const refusals: Refusal[] = [];
  for (const filter of offerFilters) refusals.push(...filter(candidate));
  const others = [
    regionRefusal(ask.constraints, offer, localRegion),
    maintenanceRefusal(offer, settings, nowMs),
    scarceGpusRefusal(runSpec, ask.total.gpus, offer, settings),
  ];
  for (const refusal of others) if (refusal !== undefined) refusals.push(refusal);
  if (refusals.length > 0) return { fits: false, refusals: inFunnelOrder(refusals) };
  const picked = pickPorts(runSpec, resources.ports, random);
  if (picked === undefined) throw new Error(`the ports of ${runSpec.id} fitted the offer and cannot be picked from it`);
  const [first, ...further] = ask.shares;
  const { taken, rest } = take(resources, { ...first, ports: picked.ports });
  let left = rest;
  const containers = further.map((share) => {
    const part = take({ parts: left }, { ...share, ports: [] });
    left = part.rest;
    return part.taken;
  });
  const untouched: readonly RoleResources[] = offer.resources.filter((r) => !acceptedRoles.includes(r.role));
  return { fits: true, ...picked, taken, containers, rest: { ...offer, resources: [...left, ...untouched] } };
}
