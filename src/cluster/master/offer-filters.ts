import type { Filters } from '../../mesos/types.js';
import type { Resources } from '../resources.js';
import { containsResources } from '../resources.js';

/** `Filters.refuse_seconds` when a framework names none. */
const defaultRefuseSeconds = 5;
/** Mesos caps a filter at 365 days. */
const maxRefuseSeconds = 365 * 86_400;
/**
 * A refusal for 0 seconds still rests this long, or a framework that refuses everything at once would be offered the same
 * resources as fast as the network allows. (Mesos makes no offers between its allocation rounds, one per second.)
 */
export const minRefuseMs = 100;
/** Filters kept per role and agent; beyond that the one that ends first goes. */
const maxFiltersPerAgent = 16;

/** How long `filters` want the refused resources to rest, in milliseconds; a negative time counts as none given. */
export function refuseMs(filters: Filters | undefined): number {
  const seconds = filters?.refuse_seconds ?? defaultRefuseSeconds;
  const valid = seconds < 0 ? defaultRefuseSeconds : Math.min(seconds, maxRefuseSeconds);
  return Math.max(valid * 1000, minRefuseMs);
}

/** What a framework does not want to be offered again for a while: these resources of an agent, or a part of them. */
interface OfferFilter {
  readonly refused: Resources;
  readonly untilMs: number;
}

/** Tells when the filters of a role on an agent have to be looked at again; undefined = no more. */
type Schedule = (role: string, agentId: string, atMs: number | undefined) => void;

/** The filters of one framework, by role and agent. */
export class OfferFilters {
  readonly #schedule: Schedule;
  readonly #byRole = new Map<string, Map<string, OfferFilter[]>>();

  constructor(schedule: Schedule) {
    this.#schedule = schedule;
  }

  /** Keeps `refused`, or a part of it, from being offered until `untilMs`. */
  refuse(role: string, agentId: string, refused: Resources, untilMs: number): void {
    if (refused.size === 0) return;
    const byAgent = this.#byRole.get(role) ?? new Map<string, OfferFilter[]>();
    this.#byRole.set(role, byAgent);
    const filters = byAgent.get(agentId) ?? [];
    filters.push({ refused, untilMs });
    filters.sort((a, b) => a.untilMs - b.untilMs);
    if (filters.length > maxFiltersPerAgent) filters.shift();
    byAgent.set(agentId, filters);
    this.#schedule(role, agentId, filters[0]?.untilMs);
  }

  isRefused(role: string, agentId: string, resources: Resources, nowMs: number): boolean {
    const filters = this.#byRole.get(role)?.get(agentId);
    return filters?.some(({ refused, untilMs }) => untilMs > nowMs && containsResources(refused, resources)) === true;
  }

  /** Drops the filters of a role on an agent that have ended. */
  expire(role: string, agentId: string, nowMs: number): void {
    const byAgent = this.#byRole.get(role);
    const left = byAgent?.get(agentId)?.filter(({ untilMs }) => untilMs > nowMs) ?? [];
    if (left.length === 0) byAgent?.delete(agentId);
    else byAgent?.set(agentId, left);
    this.#schedule(role, agentId, left[0]?.untilMs);
  }

  clearRole(role: string): void {
    for (const agentId of this.#byRole.get(role)?.keys() ?? []) this.#schedule(role, agentId, undefined);
    this.#byRole.delete(role);
  }

  clearAgent(agentId: string): void {
    for (const [role, byAgent] of this.#byRole) if (byAgent.delete(agentId)) this.#schedule(role, agentId, undefined);
  }

  clear(): void {
    for (const role of [...this.#byRole.keys()]) this.clearRole(role);
  }
}
