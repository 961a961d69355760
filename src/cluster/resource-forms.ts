import type { Range, Resource, ResourceReservation } from '../mesos/types.js';
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
  /** As the operator endpoints write it: `role` on every resource, and `reservation` beside `reservations`. */
  readonly withRole: boolean;
  /** With `withRole`: the form before RESERVATION_REFINEMENT, which has no `reservations`. */
  readonly legacy?: boolean;
}

function wireReservations(entry: ResourceEntry, { withRole, legacy = false }: ResourceForm): Partial<Resource> {
  const { reservations } = entry;
  const [only] = reservations;
  if (!withRole) return reservations.length === 0 ? {} : { reservations };
  const { type, principal, labels } = only ?? {};
  return {
    ...(reservations.length === 1 && type === 'DYNAMIC'
      ? {
          reservation: {
            ...(principal === undefined ? {} : { principal }),
            ...(labels === undefined ? {} : { labels }),
          },
        }
      : {}),
    ...(legacy || reservations.length === 0 ? {} : { reservations }),
  };
}

function wireResource(entry: ResourceEntry, form: ResourceForm): Resource {
  const { allocatedTo, withRole } = form;
  return {
    name: entry.name,
    ...wireAmount(entry.amount),
    ...(withRole ? { role: entry.reservations.at(-1)?.role ?? '*' } : {}),
    ...(allocatedTo === undefined ? {} : { allocation_info: { role: allocatedTo } }),
    ...wireReservations(entry, form),
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

function reservationText({ type = 'DYNAMIC', role = '*', principal, labels }: ResourceReservation): string {
  const named = labels?.labels.map(({ key, value }) => (value === undefined ? key : `${key}: ${value}`));
  return `(${[type, role, ...(principal === undefined ? [] : [principal]), ...(named === undefined ? [] : [`{${named.join(', ')}}`])].join(',')})`;
}

function diskText({ disk }: ResourceEntry): string {
  if (disk === undefined) return '';
  const { persistence, volume } = disk;
  const { mode = '', host_path, container_path } = volume ?? {};
  const path = [host_path, container_path].filter((part) => part !== undefined).join(':');
  return `[${persistence?.id ?? ''}${volume === undefined ? '' : `:${path}${mode === 'RO' ? ':ro' : ''}`}]`;
}

/**
 * Resources as Mesos writes them in messages: `cpus(allocated: *):0.1; ports(allocated: *):[31000-31999]`; `role` is whom they
 * are allocated to, undefined when to nobody.
 */
export function resourcesText(resources: Resources, role: string | undefined): string {
  return [...resources.values()]
    .map((entry) => {
      const { reservations } = entry;
      const reserved =
        reservations.length === 0 ? '' : `(reservations: [${reservations.map(reservationText).join(',')}])`;
      const allocated = role === undefined ? '' : `(allocated: ${role})`;
      return `${entry.name}${allocated}${reserved}${diskText(entry)}:${amountText(entry.amount)}`;
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
