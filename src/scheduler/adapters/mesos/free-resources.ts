import type { Range, Resource } from '../../../mesos/types.js';

/** What tells one resource from another: amounts of the same can be subtracted. Operator answers name the role beside its reservations. */
function identityOf({
  name,
  role,
  reservations = [],
  disk,
  revocable,
  shared,
  provider_id: provider,
}: Resource): string {
  return JSON.stringify([
    name,
    reservations.at(-1)?.role ?? role ?? '*',
    reservations,
    disk,
    revocable,
    shared,
    provider,
  ]);
}

/** Ranges without the ports of another one. */
function without(ranges: readonly Range[], { begin, end }: Range): readonly Range[] {
  return ranges.flatMap((range) => {
    if (end < range.begin || range.end < begin) return [range];
    const left = { begin: range.begin, end: begin - 1 };
    const right = { begin: end + 1, end: range.end };
    return [left, right].filter((r) => r.begin <= r.end);
  });
}

/** Mesos counts in thousandths. */
const roundToMilli = (value: number): number => Math.round(value * 1000) / 1000;

function subtract(resource: Resource, used: Resource): Resource {
  const { scalar, ranges } = resource;
  if (scalar !== undefined) {
    return { ...resource, scalar: { value: Math.max(0, roundToMilli(scalar.value - (used.scalar?.value ?? 0))) } };
  }
  if (ranges === undefined) return resource;
  return { ...resource, ranges: { range: (used.ranges?.range ?? []).reduce(without, ranges.range) } };
}

/** What is left of an agent's `total` resources when what is allocated to tasks and executors is taken away. */
export function freeResources(total: readonly Resource[], allocated: readonly Resource[]): readonly Resource[] {
  const used = new Map<string, Resource[]>();
  for (const resource of allocated) {
    const identity = identityOf(resource);
    used.set(identity, [...(used.get(identity) ?? []), resource]);
  }
  return total.map((resource) => (used.get(identityOf(resource)) ?? []).reduce(subtract, resource));
}
