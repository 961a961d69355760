import type { Filters, InverseOffer, Value } from '../../../mesos/types.js';
import type { MasterContext } from '../context.js';
import { agentUrl } from '../ledger.js';
import { refuseMs } from '../offer-filters.js';
import type { Agent, Framework, InverseOfferRecord, InverseOfferStatus } from '../state.js';

/** Frameworks that have something on an agent: tasks, executors or offers. */
function frameworksOn(context: MasterContext, agent: Agent): Framework[] {
  const ids = new Set<string>();
  for (const { fixed } of agent.tasks) ids.add(fixed.framework_id.value);
  for (const { frameworkId } of agent.executors.values()) ids.add(frameworkId);
  for (const { frameworkId } of agent.offers.values()) ids.add(frameworkId);
  return [...ids].flatMap((id) => context.state.frameworks.get(id) ?? []);
}

function makeInverseOffer(context: MasterContext, agent: Agent, framework: Framework): InverseOffer | undefined {
  const { unavailability, inverseOffers } = agent.maintenance;
  if (unavailability === undefined) return undefined;
  const id = context.ledger.newOfferId();
  const inverseOffer: InverseOffer = {
    id: { value: id },
    url: agentUrl(agent.registration),
    framework_id: { value: framework.id },
    agent_id: { value: agent.id },
    unavailability,
  };
  const record: InverseOfferRecord = { id, frameworkId: framework.id, agentId: agent.id, inverseOffer };
  inverseOffers.set(framework.id, record);
  framework.inverseOffers.set(id, record);
  context.state.inverseOffers.set(id, record);
  return inverseOffer;
}

function forget(context: MasterContext, record: InverseOfferRecord): void {
  context.state.inverseOffers.delete(record.id);
  context.state.frameworks.get(record.frameworkId)?.inverseOffers.delete(record.id);
  context.state.agents.get(record.agentId)?.maintenance.inverseOffers.delete(record.frameworkId);
}

/** Asks those who use agents that are to be away soon to give them back, each once at a time. */
export function sendInverseOffers(context: MasterContext, nowMs: number): void {
  const made = new Map<Framework, InverseOffer[]>();
  for (const agentId of context.maintenanceDue) {
    const agent = context.state.agents.get(agentId);
    if (agent === undefined || agent.deactivated) continue;
    const { inverseOffers, restUntilMs } = agent.maintenance;
    for (const framework of frameworksOn(context, agent)) {
      if (framework.streamId === undefined || inverseOffers.has(framework.id)) continue;
      if ((restUntilMs.get(framework.id) ?? 0) > nowMs) continue;
      const inverseOffer = makeInverseOffer(context, agent, framework);
      if (inverseOffer !== undefined) made.set(framework, [...(made.get(framework) ?? []), inverseOffer]);
    }
  }
  context.maintenanceDue.clear();
  for (const [framework, list] of made) {
    context.send(framework, { type: 'INVERSE_OFFERS', inverse_offers: { inverse_offers: list } });
  }
}

/** ACCEPT_INVERSE_OFFERS and DECLINE_INVERSE_OFFERS: the answer is kept for the operator, and the question rests a while. */
export function answerInverseOffers(
  context: MasterContext,
  framework: Framework,
  answer: {
    readonly ids: readonly Value[];
    readonly status: InverseOfferStatus['status'];
    readonly filters: Filters | undefined;
  },
  nowMs: number,
): void {
  for (const { value } of answer.ids) {
    const record = framework.inverseOffers.get(value);
    if (record === undefined) continue;
    forget(context, record);
    const maintenance = context.state.agents.get(record.agentId)?.maintenance;
    if (maintenance === undefined) continue;
    const untilMs = nowMs + refuseMs(answer.filters);
    maintenance.statuses.set(framework.id, { status: answer.status, atMs: nowMs });
    maintenance.restUntilMs.set(framework.id, untilMs);
    context.setAlarm(['ask for maintenance', framework.id, record.agentId], untilMs);
  }
}

/** Takes back the inverse offers of an agent that is gone or whose schedule has changed. */
export function rescindInverseOffers(context: MasterContext, agent: Agent): void {
  for (const record of [...agent.maintenance.inverseOffers.values()]) {
    forget(context, record);
    agent.maintenance.inverseOffers.delete(record.frameworkId);
    const framework = context.state.frameworks.get(record.frameworkId);
    if (framework === undefined) continue;
    context.send(framework, {
      type: 'RESCIND_INVERSE_OFFER',
      rescind_inverse_offer: { inverse_offer_id: { value: record.id } },
    });
  }
}

/** A framework that has lost its stream does not answer what it was asked; it is asked again when it is back. */
export function dropInverseOffers(context: MasterContext, framework: Framework): void {
  for (const record of [...framework.inverseOffers.values()]) forget(context, record);
}

/** Nothing is remembered of a framework that is gone. */
export function forgetAnswers(context: MasterContext, framework: Framework): void {
  dropInverseOffers(context, framework);
  for (const agentId of context.scheduledAgents) {
    const maintenance = context.state.agents.get(agentId)?.maintenance;
    maintenance?.statuses.delete(framework.id);
    maintenance?.restUntilMs.delete(framework.id);
    context.setAlarm(['ask for maintenance', framework.id, agentId], undefined);
  }
}
