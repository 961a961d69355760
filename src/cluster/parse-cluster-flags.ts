import { messageOf, UsageError } from '../common/errors.js';
import type { DomainInfo } from '../mesos/types.js';
import type { Quota, Quotas } from './master/quotas.js';
import { checkQuota } from './master/quotas.js';

const scalarPattern = /^\d+(?:\.\d+)?$/;

function fail(flag: string, text: string, example: string): never {
  throw new UsageError(`--${flag}: ${JSON.stringify(text)} is not of the form ${example}`);
}

/** `name=value` parts of a list; each name once. */
function pairs(flag: string, text: string, example: string): [name: string, value: string][] {
  const seen = new Set<string>();
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => {
      const equals = part.indexOf('=');
      const name = part.slice(0, Math.max(0, equals)).trim();
      const value = part.slice(equals + 1).trim();
      if (name === '' || value === '') fail(flag, part, example);
      if (seen.has(name)) throw new UsageError(`--${flag}: role '${name}' is there twice`);
      seen.add(name);
      return [name, value];
    });
}

/** Reads `--weights` (`role=2,other=0.5`). Throws UsageError that names the flag. */
export function parseWeightsFlag(text: string): ReadonlyMap<string, number> {
  const weights = new Map<string, number>();
  for (const [role, weight] of pairs('weights', text, 'role=2,other=0.5')) {
    if (!scalarPattern.test(weight) || Number(weight) === 0) fail('weights', `${role}=${weight}`, 'role=2,other=0.5');
    weights.set(role, Number(weight));
  }
  return weights;
}

/**
 * Reads `--quota` (`role=cpus:4;mem:1024`): what a role is promised, and has at most, as the quotas of Mesos before 1.9. Throws
 * UsageError that names the flag.
 */
export function parseQuotaFlag(text: string): Quotas {
  const example = 'role=cpus:4;mem:1024';
  const quotas = new Map<string, Quota>();
  for (const [role, amounts] of pairs('quota', text, example)) {
    const quantities = new Map<string, number>();
    for (const part of amounts.split(';')) {
      const [name = '', amount = '', ...rest] = part.split(':').map((word) => word.trim());
      if (name === '' || !scalarPattern.test(amount) || rest.length > 0) fail('quota', part, example);
      quantities.set(name, Math.round(Number(amount) * 1000));
    }
    try {
      quotas.set(role, checkQuota(role, { guarantees: quantities, limits: quantities }));
    } catch (error) {
      throw new UsageError(`--quota: ${messageOf(error)}`);
    }
  }
  return quotas;
}

function parseDomainJson(flag: string, text: string): DomainInfo {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`--${flag}: it begins like JSON, but is none: ${messageOf(error)}`);
  }
  const { fault_domain: domain } = json as {
    fault_domain?: { region?: { name?: unknown }; zone?: { name?: unknown } };
  };
  const region = domain?.region?.name;
  const zone = domain?.zone?.name;
  if (typeof region !== 'string' || typeof zone !== 'string') {
    return fail(flag, text, '{"fault_domain":{"region":{"name":"r1"},"zone":{"name":"z1"}}}');
  }
  return { fault_domain: { region: { name: region }, zone: { name: zone } } };
}

/**
 * Reads a fault domain, `region/zone` or Mesos' JSON; undefined when the text is empty. Throws UsageError that names the flag.
 */
export function parseDomainFlag(text: string, flag = 'domain'): DomainInfo | undefined {
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  if (trimmed.startsWith('{')) return parseDomainJson(flag, trimmed);
  const [region = '', zone = '', ...rest] = trimmed.split('/').map((word) => word.trim());
  if (region === '' || zone === '' || rest.length > 0) fail(flag, text, 'region/zone');
  return { fault_domain: { region: { name: region }, zone: { name: zone } } };
}
