import type { Explanation, Refusal, RefusedAgent } from '../../../api/explanation.js';

const words: Readonly<Record<string, string>> = {
  UnfulfilledRole: 'Role',
  UnfulfilledConstraint: 'Constraint',
  NoCorrespondingReservationFound: 'Reservation',
  AgentMaintenance: 'Maintenance',
  InsufficientCpus: 'CPUs',
  InsufficientMemory: 'Memory',
  InsufficientDisk: 'Disk',
  InsufficientGpus: 'GPUs',
  InsufficientPorts: 'Ports',
  DeclinedScarceResources: 'Scarce resources',
};

/** What a reason is about: Marathon's words without their `Insufficient`. */
export function reasonText(reason: string): string {
  return words[reason] ?? reason;
}

/** Why agents were not used, one reason for all of them that gave it. */
export interface ReasonRow {
  readonly reason: string;
  /** What was needed; of several constraints each is a row. */
  readonly needed: string;
  readonly agents: number;
  /** The offer that was nearest to it, where that can be told in numbers, else the first. */
  readonly nearest: { readonly host: string; readonly had: string };
  /** How much of what is needed the nearest had, 0 … 1; undefined: not in numbers. */
  readonly share: number | undefined;
}

/** How much of what it needed an offer had, 0 … 1: of the amount that is shortest. */
export function shareOf({ amounts }: Refusal): number | undefined {
  if (amounts === undefined) return undefined;
  const shares = Object.entries(amounts.needed).map(([name, needed]) => {
    const had = amounts.had[name as keyof typeof amounts.had] ?? 0;
    return needed === 0 ? 1 : Math.min(1, had / needed);
  });
  return shares.length === 0 ? undefined : Math.min(...shares);
}

/** The reasons, those that most agents gave first. */
export function reasonRows(agents: readonly RefusedAgent[]): readonly ReasonRow[] {
  const rows = new Map<string, ReasonRow>();
  for (const { hostname: host, refusals } of agents) {
    for (const refusal of refusals) {
      const key = `${refusal.reason} ${refusal.needed}`;
      const known = rows.get(key);
      const share = shareOf(refusal);
      const isNearer = known === undefined || (share ?? -1) > (known.share ?? -1);
      rows.set(key, {
        reason: refusal.reason,
        needed: refusal.needed,
        agents: (known?.agents ?? 0) + 1,
        nearest: isNearer ? { host, had: refusal.had } : known.nearest,
        share: isNearer ? share : known.share,
      });
    }
  }
  return [...rows.values()].sort((a, b) => b.agents - a.agents);
}

/** Agents whose offers lack least first: fewest reasons, then the largest share of what is needed. */
export function agentsByNearness(agents: readonly RefusedAgent[]): readonly RefusedAgent[] {
  const least = ({ refusals }: RefusedAgent): number => Math.min(1, ...refusals.map((one) => shareOf(one) ?? 0));
  return [...agents].sort((a, b) => a.refusals.length - b.refusals.length || least(b) - least(a));
}

/** Why instances are not placed, in a line; undefined: none waits. */
export function waitingText(explanation: Explanation): string | undefined {
  const { waiting, instances, agents, connected, delay, reasons, offers } = explanation;
  if (waiting === 0) return undefined;
  const begin = `${waiting} of ${instances} ${instances === 1 ? 'instance is' : 'instances are'} not placed: `;
  if (!connected) return `${begin}there is no connection to a Mesos master.`;
  if (delay !== undefined) {
    const many = delay.failures === 1 ? 'an instance' : `${delay.failures} instances`;
    return `${begin}the next launch is delayed, because ${many} ended by ${delay.failures === 1 ? 'itself' : 'themselves'}.`;
  }
  const [first] = reasonRows(agents);
  if (first !== undefined) {
    const { needed, nearest } = first;
    return `${begin}each needs ${needed}, and the nearest offer has ${nearest.had} (${nearest.host}).`;
  }
  if ((offers?.processed ?? 0) === 0) return `${begin}no offer has been seen since it waits.`;
  return `${begin}${reasons[0] ?? 'the next offer is waited for.'}`;
}
