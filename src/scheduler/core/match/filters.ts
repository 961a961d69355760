import type { AppDefinition } from '../../model/app-definition.js';
import type { Offer } from '../../model/offer.js';
import type { OfferResources } from './offer-resources.js';
import { checkConstraint } from './constraints.js';
import { hostPortNeedOf, missingPorts } from './ports.js';
import type { Refusal } from './reject-reason.js';
import { constraintsOf, offeredValue } from './spread.js';
import type { Spreads } from './spread.js';

/** What a filter looks at. `resources` is what is left of the offer for this app's roles. */
export interface Candidate {
  /** Where instances of the app are already. */
  readonly spreads: Spreads;
  readonly app: AppDefinition;
  readonly offer: Offer;
  readonly acceptedRoles: readonly string[];
  readonly resources: OfferResources;
}

/** One reason to refuse an offer; undefined = this filter has nothing against it. */
export type OfferFilter = (candidate: Candidate) => Refusal | undefined;

const role: OfferFilter = ({ acceptedRoles, resources, offer }) =>
  resources.parts.length > 0
    ? undefined
    : {
        reason: 'UnfulfilledRole',
        needed: `resources of role ${acceptedRoles.join(' or ')}`,
        had: `resources of role ${[...new Set(offer.resources.map((r) => r.role))].join(', ') || 'none'}`,
      };

/** Fields that nothing here can honour: starting the task without them would be another task than the one asked for. */
const unplaceable: OfferFilter = ({ app }) => {
  const names = Object.keys(app.unplaceable);
  return names.length === 0
    ? undefined
    : {
        reason: 'UnfulfilledConstraint',
        needed: names.join(', '),
        had: 'this version of Ekiden stores these fields and cannot place apps that use them yet',
      };
};

/** The first constraint that the agent does not meet. */
const constraints: OfferFilter = ({ app, offer, spreads }) => {
  if (app.constraints.length === 0) return undefined;
  for (const constraint of constraintsOf(app)) {
    const { field } = constraint;
    const verdict = checkConstraint(constraint, offeredValue(offer, field), spreads.of(field), app.instances);
    if (!verdict.ok) return { reason: 'UnfulfilledConstraint', needed: verdict.needed, had: verdict.had };
  }
  return undefined;
};

function enough(
  reason: Refusal['reason'],
  unit: string,
  wanted: (app: AppDefinition) => number,
  scalar: 'cpus' | 'memMib' | 'diskMib' | 'gpus',
): OfferFilter {
  return ({ app, resources }) => {
    const needed = wanted(app);
    const hadMilli = resources.milli[scalar];
    return Math.round(needed * 1000) <= hadMilli
      ? undefined
      : { reason, needed: `${needed} ${unit}`, had: `${hadMilli / 1000} ${unit}` };
  };
}

const ports: OfferFilter = ({ app, resources }) => {
  const { ports: offered, portCount: count } = resources;
  const { fixed, open } = hostPortNeedOf(app);
  const missing = missingPorts(fixed, offered);
  if (missing.length > 0) {
    return {
      reason: 'InsufficientPorts',
      needed: `ports ${fixed.join(', ')}`,
      had: `all but ${missing.join(', ')}`,
    };
  }
  const left = count - fixed.length;
  if (open <= left) return undefined;
  const beside = fixed.length === 0 ? '' : ` beside ${fixed.join(', ')}`;
  return { reason: 'InsufficientPorts', needed: `${open} ports${beside}`, had: `${left} ports` };
};

/** All filters, in the order of Marathon's funnel of reasons. Every one is asked, so that a refusal names everything that is missing. */
export const offerFilters: readonly OfferFilter[] = [
  role,
  unplaceable,
  constraints,
  enough('InsufficientCpus', 'cpus', (app) => app.cpus, 'cpus'),
  enough('InsufficientMemory', 'MiB of memory', (app) => app.memMib, 'memMib'),
  enough('InsufficientDisk', 'MiB of disk', (app) => app.diskMib, 'diskMib'),
  enough('InsufficientGpus', 'gpus', (app) => app.gpus, 'gpus'),
  ports,
];
