import type { Range, Resource } from '../mesos/types.js';
import type { Amount, ResourceEntry, Resources } from './resources.js';

function wireAmount(amount: Amount): Pick<Resource, 'type' | 'scalar' | 'ranges' | 'set'> {
  switch (amount.type) {
    case 'SCALAR':
      return { type: 'SCALAR', scalar: { value: amount.milli / 1000 } };
    case 'RANGES':
      return { type: 'RANGES', ranges: { range: amount.ranges } };
    case 'SET':
      return { type: 'SET', set: { item: amount.items } };
  }
}

/** How a resource is written, which depends on who reads it. */
export interface ResourceForm {
  /** `allocation_info.role`; left out for frameworks without MULTI_ROLE. */
  readonly allocatedTo?: string | undefined;
  /** The form before RESERVATION_REFINEMENT: `role` on every resource. */
  readonly withRole: boolean;
}

function wireResource(entry: ResourceEntry, { allocatedTo, withRole }: ResourceForm): Resource {
  const reserved = entry.reservations.length > 0;
  return {
    name: entry.name,
    ...wireAmount(entry.amount),
    ...(withRole ? { role: entry.reservations.at(-1)?.role ?? '*' } : {}),
    ...(allocatedTo === undefined ? {} : { allocation_info: { role: allocatedTo } }),
    ...(!withRole && reserved ? { reservations: entry.reservations } : {}),
    ...(entry.disk === undefined ? {} : { disk: entry.disk }),
  };
}

/** Resources as `mesos.v1.Resource`. */
export function wireResources(resources: Resources, form: ResourceForm): Resource[] {
  return [...resources.values()].map((entry) => wireResource(entry, form));
}

function rangesText(ranges: readonly Range[]): string {
  return `[${ranges.map(({ begin, end }) => `${begin}-${end}`).join(', ')}]`;
}

function amountText(amount: Amount): string {
  switch (amount.type) {
    case 'SCALAR':
      return String(amount.milli / 1000);
    case 'RANGES':
      return rangesText(amount.ranges);
    case 'SET':
      return `{${amount.items.join(', ')}}`;
  }
}

/** Resources allocated to `role` as Mesos writes them in messages: `cpus(allocated: *):0.1; ports(allocated: *):[31000-31999]`. */
export function resourcesText(resources: Resources, role: string): string {
  return [...resources.values()]
    .map((entry) => {
      const reserved = entry.reservations
        .map((r) => `(reservations: [(${r.type ?? 'DYNAMIC'},${r.role ?? '*'})])`)
        .join('');
      return `${entry.name}(allocated: ${role})${reserved}:${amountText(entry.amount)}`;
    })
    .join('; ');
}

/** Resources as `/state` writes them: the four scalars always, other names when there are any, ranges as text. */
export type ResourceTotals = Readonly<Record<string, number | string>>;

export function resourceTotals(resources: Resources): ResourceTotals {
  const milli: Record<string, number> = { disk: 0, mem: 0, gpus: 0, cpus: 0 };
  const ranges = new Map<string, Range[]>();
  const sets = new Map<string, string[]>();
  for (const { name, amount } of resources.values()) {
    if (amount.type === 'SCALAR') milli[name] = (milli[name] ?? 0) + amount.milli;
    else if (amount.type === 'RANGES') ranges.set(name, [...(ranges.get(name) ?? []), ...amount.ranges]);
    else sets.set(name, [...(sets.get(name) ?? []), ...amount.items]);
  }
  const totals: Record<string, number | string> = {};
  for (const [name, value] of Object.entries(milli)) totals[name] = value / 1000;
  for (const [name, list] of ranges) totals[name] = rangesText(list.sort((a, b) => a.begin - b.begin));
  for (const [name, items] of sets) totals[name] = `{${items.sort().join(', ')}}`;
  return totals;
}

/** Resources as `/roles` counts them: scalars by value, ranges and sets by number of members. */
export function resourceQuantities(resources: Resources): Readonly<Record<string, number>> {
  const quantities: Record<string, number> = {};
  for (const { name, amount } of resources.values()) {
    const quantity =
      amount.type === 'SCALAR'
        ? amount.milli / 1000
        : amount.type === 'RANGES'
          ? amount.ranges.reduce((sum, { begin, end }) => sum + end - begin + 1, 0)
          : amount.items.length;
    quantities[name] = Math.round(((quantities[name] ?? 0) + quantity) * 1000) / 1000;
  }
  return quantities;
}
