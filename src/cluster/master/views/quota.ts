import type { Quantities } from '../../quantities.js';
import { quantityNumbers } from '../../quantities.js';
import type { MasterState } from '../state.js';

function scalars(quantities: Quantities): Record<string, { readonly value: number }> {
  return Object.fromEntries(Object.entries(quantityNumbers(quantities)).map(([name, value]) => [name, { value }]));
}

/** `GET /quota` (`QuotaStatus`): the roles that have one, in the form of `infos` and in that of `configs`. */
export function quotaStatus({ quotas }: MasterState): { readonly infos?: object[]; readonly configs?: object[] } {
  if (quotas.size === 0) return {};
  return {
    infos: [...quotas].map(([role, { guarantees }]) => ({
      role,
      guarantee: Object.entries(quantityNumbers(guarantees)).map(([name, value]) => ({
        name,
        type: 'SCALAR',
        scalar: { value },
      })),
    })),
    configs: [...quotas].map(([role, { guarantees, limits }]) => ({
      role,
      guarantees: scalars(guarantees),
      limits: scalars(limits),
    })),
  };
}

/** `GET /weights` (`WeightInfo`): the roles whose weight was set. */
export function weightInfos({ roles }: MasterState): { readonly weight: number; readonly role: string }[] {
  return [...roles.weights].map(([role, weight]) => ({ weight, role }));
}
