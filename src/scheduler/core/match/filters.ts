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

/** What one filter has against an offer; nothing = it fits as far as this filter knows. */
export type OfferFilter = (candidate: Candidate) => readonly Refusal[];

const fits: readonly Refusal[] = [];

const role: OfferFilter = ({ acceptedRoles, resources, offer }) =>
  resources.parts.length > 0
    ? fits
    : [
        {
          reason: 'UnfulfilledRole',
          needed: `resources of role ${acceptedRoles.join(' or ')}`,
          had: `resources of role ${[...new Set(offer.resources.map((r) => r.role))].join(', ') || 'none'}`,
        },
      ];

/** Every constraint that the agent does not meet. */
const constraints: OfferFilter = ({ ask, offer, spreads }) => {
  if (ask.constraints.length === 0) return fits;
  return ask.constraints.flatMap((constraint): readonly Refusal[] => {
    const { field } = constraint;
    const verdict = checkConstraint(constraint, offeredValue(offer, field), spreads.of(field), ask.instances);
    return verdict.ok
      ? fits
      : [{ reason: 'UnfulfilledConstraint', needed: verdict.needed, had: verdict.had, constraint }];
  });
};

function enough(reason: Refusal['reason'], unit: string, scalar: keyof Amounts): OfferFilter {
  return ({ ask, resources }) => {
    const needed = ask.total[scalar];
    const had = resources.milli[scalar] / 1000;
    return Math.round(needed * 1000) <= resources.milli[scalar]
      ? fits
      : [
          {
            reason,
            needed: `${needed} ${unit}`,
            had: `${had} ${unit}`,
            amounts: { needed: { [scalar]: needed }, had: { [scalar]: had } },
          },
        ];
  };
}

const ports: OfferFilter = ({ ask, resources }) => {
  const { ports: offered, portCount: count } = resources;
  const { fixed, open } = ask.hostPorts;
  const missing = missingPorts(fixed, offered);
  if (missing.length > 0) {
    return [
      {
        reason: 'InsufficientPorts',
        needed: `ports ${fixed.join(', ')}`,
        had: `all but ${missing.join(', ')}`,
        missingPorts: missing,
      },
    ];
  }
  const left = count - fixed.length;
  if (open <= left) return fits;
  const beside = fixed.length === 0 ? '' : ` beside ${fixed.join(', ')}`;
  return [
    {
      reason: 'InsufficientPorts',
      needed: `${open} ports${beside}`,
      had: `${left} ports`,
      amounts: { needed: { ports: open }, had: { ports: left } },
    },
  ];
};

/** All filters, in the order of Marathon's funnel of reasons. Every one is asked, so that a refusal names everything that is missing. */
export const offerFilters: readonly OfferFilter[] = [
  role,
  constraints,
  enough('InsufficientCpus', 'cpus', 'cpus'),
  enough('InsufficientMemory', 'MiB of memory', 'memMib'),
  enough('InsufficientDisk', 'MiB of disk', 'diskMib'),
  enough('InsufficientGpus', 'gpus', 'gpus'),
  ports,
];
