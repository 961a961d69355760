import type { QueueEntry, UnusedOffer } from '../../api/queue.js';

/** What one instance asks for, or an offer has; memory and disk in MiB, `ports`: how many. */
export interface Amounts {
  readonly cpus: number;
  readonly mem: number;
  readonly disk: number;
  readonly gpus: number;
  readonly ports: number;
}

export const amountNames = ['cpus', 'mem', 'disk', 'gpus', 'ports'] as const satisfies readonly (keyof Amounts)[];

/** The id of the app or pod that waits. */
export function queuedId({ app, pod }: QueueEntry): string {
  return app?.id ?? pod?.id ?? '';
}

function sum(numbers: readonly (number | undefined)[]): number {
  return numbers.reduce<number>((all, one) => all + (one ?? 0), 0);
}

/** What one instance of it asks for. */
export function needOf({ app, pod }: QueueEntry): Amounts {
  if (app !== undefined) {
    const { cpus, mem, disk, gpus, container, portDefinitions = [] } = app;
    const mappings = container?.portMappings?.filter(({ hostPort }) => hostPort !== undefined);
    return { cpus, mem, disk, gpus, ports: (mappings ?? portDefinitions).length };
  }
  const containers = pod?.containers ?? [];
  const resources = containers.map((container) => container.resources);
  return {
    cpus: sum(resources.map(({ cpus }) => cpus)),
    mem: sum(resources.map(({ mem }) => mem)),
    disk: sum(resources.map(({ disk }) => disk)),
    gpus: sum(resources.map(({ gpus }) => gpus)),
    ports: containers.flatMap(({ endpoints = [] }) => endpoints.filter(({ hostPort }) => hostPort !== undefined))
      .length,
  };
}

/** What an offer has of all roles together. */
export function haveOf({ offer }: UnusedOffer): Amounts {
  const of = (wanted: string): number => sum(offer.resources.map(({ name, scalar }) => (name === wanted ? scalar : 0)));
  const ports = offer.resources.flatMap(({ ranges = [] }) => ranges.map(({ begin, end }) => end - begin + 1));
  return { cpus: of('cpus'), mem: of('mem'), disk: of('disk'), gpus: of('gpus'), ports: sum(ports) };
}

/** The roles that resources of an offer are of, when they are not all for everybody. */
export function rolesOf({ offer }: UnusedOffer): readonly string[] {
  const roles = [...new Set(offer.resources.map(({ role }) => role))].sort();
  return roles.length === 1 && roles[0] === '*' ? [] : roles;
}

const reasons: Readonly<Record<string, string>> = {
  UnfulfilledRole: 'only resources of other roles',
  UnfulfilledConstraint: 'a constraint is not met',
  NoCorrespondingReservationFound: 'not what was reserved for it',
  AgentMaintenance: 'agent in maintenance',
  InsufficientCpus: 'too few CPUs',
  InsufficientMemory: 'too little memory',
  InsufficientDisk: 'too little disk',
  InsufficientGpus: 'too few GPUs',
  InsufficientPorts: 'not the ports that it needs',
  DeclinedScarceResources: 'GPUs are kept for those who ask for them',
};

/** Why an offer is not used, in words; Marathon's own where it is none of those known. */
export function reasonText(reason: string): string {
  return reasons[reason] ?? reason;
}

/** In a sentence: what became of the offers since it waits. */
export function offersText({
  processedOffersSummary: { processedOffersCount, rejectSummaryLaunchAttempt },
}: QueueEntry): string {
  if (processedOffersCount === 0) return 'No offer has been seen since then.';
  const refused = rejectSummaryLaunchAttempt.filter(({ declined }) => declined > 0);
  const head = `${processedOffersCount === 1 ? '1 offer' : `${processedOffersCount} offers`} since then`;
  if (refused.length === 0) return `${head}.`;
  return `${head}; not used: ${refused.map(({ reason, declined }) => `${declined} × ${reasonText(reason)}`).join(', ')}.`;
}
