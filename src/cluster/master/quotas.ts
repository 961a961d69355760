import type { Quantities } from '../quantities.js';

/** What a role is promised, and what it may have at most; by name, in thousandths. A name without limit is unlimited. */
export interface Quota {
  readonly guarantees: Quantities;
  readonly limits: Quantities;
}

/** The quotas of the roles at the top of the hierarchy; those below them count with theirs. */
export type Quotas = Map<string, Quota>;

/** The role at the top of the hierarchy above `role`. */
export function topRole(role: string): string {
  const slash = role.indexOf('/');
  return slash === -1 ? role : role.slice(0, slash);
}

/** What of its guarantees a role does not have yet. */
export function unsatisfied({ guarantees }: Quota, consumed: Quantities): Quantities {
  const missing = new Map<string, number>();
  for (const [name, milli] of guarantees) {
    const left = milli - (consumed.get(name) ?? 0);
    if (left > 0) missing.set(name, left);
  }
  return missing;
}

/** A quota that makes no sense; the text says why. */
export class QuotaError extends Error {
  override readonly name = 'QuotaError';
}

function amounts(role: string, given: Readonly<Record<string, unknown>>): Quantities {
  const quantities = new Map<string, number>();
  for (const [name, amount] of Object.entries(given)) {
    const { value } = (typeof amount === 'object' && amount !== null ? amount : {}) as { readonly value?: unknown };
    if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) {
      throw new QuotaError(`Invalid QuotaConfig: role '${role}': the amount of '${name}' is not a positive number`);
    }
    quantities.set(name, Math.round(value * 1000));
  }
  return quantities;
}

/** Checks a quota: only roles at the top have one, and no guarantee may exceed its limit. Throws QuotaError. */
export function checkQuota(role: string, quota: Quota): Quota {
  if (role === '*') throw new QuotaError("Invalid QuotaConfig: setting quota on the default '*' role is not supported");
  if (role !== topRole(role)) {
    throw new QuotaError(`Invalid QuotaConfig: setting quota on nested role '${role}' is not supported`);
  }
  for (const [name, milli] of quota.guarantees) {
    const limit = quota.limits.get(name);
    if (limit !== undefined && limit < milli) {
      throw new QuotaError(`Invalid QuotaConfig: 'guarantees' of '${name}' are not contained within its 'limits'`);
    }
  }
  return quota;
}

/** Reads `QuotaConfig.guarantees` and `limits` (`{"cpus": {"value": 4}}`). Throws QuotaError. */
export function parseQuota(
  role: string,
  guarantees: Readonly<Record<string, unknown>> = {},
  limits: Readonly<Record<string, unknown>> = {},
): Quota {
  return checkQuota(role, { guarantees: amounts(role, guarantees), limits: amounts(role, limits) });
}
