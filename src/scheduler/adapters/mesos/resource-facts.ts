import type { Range, Resource } from '../../../mesos/types.js';
import type { ResourceFacts } from '../../ports/cluster-facts.js';

/** Mesos counts in thousandths; sums of their floating point forms would drift. */
const roundToMilli = (value: number): number => Math.round(value * 1000) / 1000;

/** Ranges as Mesos writes them, in order, those that touch as one. */
function rangesText(ranges: readonly Range[]): string {
  const merged: { begin: number; end: number }[] = [];
  for (const { begin, end } of [...ranges].sort((a, b) => a.begin - b.begin)) {
    const last = merged.at(-1);
    if (last !== undefined && begin <= last.end + 1) last.end = Math.max(last.end, end);
    else merged.push({ begin, end });
  }
  return `[${merged.map(({ begin, end }) => `${begin}-${end}`).join(', ')}]`;
}

/** What resources are together, whatever role they are reserved for. */
export function resourceFactsOf(resources: readonly Resource[] = []): ResourceFacts {
  const sums = new Map<string, number>();
  for (const { name, scalar } of resources) {
    if (scalar !== undefined) sums.set(name, roundToMilli((sums.get(name) ?? 0) + scalar.value));
  }
  const ports = resources.filter(({ name }) => name === 'ports').flatMap(({ ranges }) => ranges?.range ?? []);
  return {
    cpus: sums.get('cpus') ?? 0,
    memMib: sums.get('mem') ?? 0,
    diskMib: sums.get('disk') ?? 0,
    gpus: sums.get('gpus') ?? 0,
    ports: rangesText(ports),
  };
}
