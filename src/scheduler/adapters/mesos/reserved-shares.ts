import type { Resource } from '../../../mesos/types.js';
import type { OfferedReservation, ReservedShare } from '../../model/offer.js';
import { isPersistentVolume, isResource } from './reservations.js';

/** Mesos counts in thousandths. */
const milli = (value: number): number => Math.round(value * 1000);

/** What is left of each amount of a reservation while it is shared out. */
class Pool {
  readonly #left: { readonly resource: Resource; milli: number }[];

  constructor(resources: readonly Resource[]) {
    this.#left = resources.map((resource) => ({ resource, milli: milli(resource.scalar?.value ?? 0) }));
  }

  take(name: string, amount: number): Resource[] {
    let wanted = milli(amount);
    const taken: Resource[] = [];
    for (const entry of this.#left) {
      const part = entry.resource.name === name ? Math.min(wanted, entry.milli) : 0;
      if (part === 0) continue;
      entry.milli -= part;
      wanted -= part;
      taken.push({ ...entry.resource, scalar: { value: part / 1000 } });
    }
    return taken;
  }
}

/**
 * A reservation by those who use it together: each gets its amounts, the first one all volumes, too. Amounts that are more than what is
 * reserved are not made up for.
 */
export function reservedSharesOf(
  { resources }: OfferedReservation,
  shares: readonly ReservedShare[],
): readonly (readonly Resource[])[] {
  const own = resources.filter(isResource);
  const pool = new Pool(own.filter((resource) => !isPersistentVolume(resource)));
  return shares.map(({ cpus, memMib, diskMib, gpus }, i) => [
    ...pool.take('cpus', cpus),
    ...pool.take('mem', memMib),
    ...pool.take('disk', diskMib),
    ...pool.take('gpus', gpus),
    ...(i === 0 ? own.filter(isPersistentVolume) : []),
  ]);
}
