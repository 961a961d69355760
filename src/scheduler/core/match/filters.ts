import type { Offer } from '../../model/offer.js';
import type { Amounts, Ask } from './ask.js';
import { checkConstraint } from './constraints.js';
import type { OfferResources } from './offer-resources.js';
import { missingPorts } from './ports.js';
import type { Refusal } from './reject-reason.js';
import { offeredValue } from './spread.js';
import type { Spreads } from './spread.js';

/** What a filter looks at. `resources` is what is left of the offer for the roles of who asks. */
export interface Candidate {
  /** Where instances are already. */
  readonly spreads: Spreads;
  readonly ask: Ask;
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
const unplaceable: OfferFilter = ({ ask }) =>
  ask.unplaceable.length === 0
    ? undefined
    : {
        reason: 'UnfulfilledConstraint',
        needed: ask.unplaceable.join(', '),
        had: 'this version of Ekiden stores these fields and cannot place what uses them yet',
      };

/** The first constraint that the agent does not meet. */
const constraints: OfferFilter = ({ ask, offer, spreads }) => {
  for (const constraint of ask.constraints) {
    const { field } = constraint;
    const verdict = checkConstraint(constraint, offeredValue(offer, field), spreads.of(field), ask.instances);
    if (!verdict.ok) return { reason: 'UnfulfilledConstraint', needed: verdict.needed, had: verdict.had };
  }
  return undefined;
};

function enough(reason: Refusal['reason'], unit: string, scalar: keyof Amounts): OfferFilter {
  return ({ ask, resources }) => {
    const needed = ask.total[scalar];
    const hadMilli = resources.milli[scalar];
    return Math.round(needed * 1000) <= hadMilli
      ? undefined
      : { reason, needed: `${needed} ${unit}`, had: `${hadMilli / 1000} ${unit}` };
  };
}

const ports: OfferFilter = ({ ask, resources }) => {
  const { ports: offered, portCount: count } = resources;
  const { fixed, open } = ask.hostPorts;
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
  enough('InsufficientCpus', 'cpus', 'cpus'),
  enough('InsufficientMemory', 'MiB of memory', 'memMib'),
  enough('InsufficientDisk', 'MiB of disk', 'diskMib'),
  enough('InsufficientGpus', 'gpus', 'gpus'),
  ports,
];
