import type { MasterContext } from '../context.js';
import { sendInverseOffers } from '../maintenance/inverse-offers.js';

/** The end of every input: offers what has become free, each framework's offers in one event. */
export function settle(context: MasterContext, nowMs: number): void {
  for (const { id } of context.ledger.dueAgents) {
    if (context.scheduledAgents.has(id)) context.maintenanceDue.add(id);
  }
  for (const [framework, offers] of context.ledger.offerFree(nowMs)) {
    context.send(framework, { type: 'OFFERS', offers: { offers } });
  }
  sendInverseOffers(context, nowMs);
}
