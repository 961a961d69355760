import type { SchedulerCall } from '../../../mesos/types.js';
import type { MasterContext } from '../context.js';
import { refuseMs } from '../offer-filters.js';
import type { Agent, Framework } from '../state.js';

export function decline(
  context: MasterContext,
  framework: Framework,
  { offer_ids, filters }: Extract<SchedulerCall, { type: 'DECLINE' }>['decline'],
  nowMs: number,
): void {
  for (const { value } of offer_ids) {
    const offer = framework.offers.get(value);
    if (offer === undefined) continue;
    context.ledger.takeBack(offer);
    framework.filters.refuse(offer.role, offer.agentId, offer.resources, nowMs + refuseMs(filters));
  }
}

/** No roles = all of them. */
export function revive(context: MasterContext, framework: Framework, roles: readonly string[]): void {
  for (const role of roles.length === 0 ? framework.roles : roles) {
    framework.suppressedRoles.delete(role);
    framework.filters.clearRole(role);
  }
  context.ledger.offerAllAgain();
}

/** No roles = all of them. Offers that are out stay. */
export function suppress(framework: Framework, roles: readonly string[]): void {
  for (const role of framework.roles) {
    if (roles.length === 0 || roles.includes(role)) framework.suppressedRoles.add(role);
  }
}

/** Takes all offers of an agent back from those who hold them, and tells them. */
export function rescindOffers(context: MasterContext, agent: Agent): void {
  for (const offer of [...agent.offers.values()]) {
    context.ledger.takeBack(offer);
    const framework = context.state.frameworks.get(offer.frameworkId);
    if (framework === undefined) continue;
    context.send(framework, { type: 'RESCIND', rescind: { offer_id: { value: offer.id } } });
  }
}
