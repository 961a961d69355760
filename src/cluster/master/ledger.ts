import type { Offer } from '../../mesos/types.js';
import type { AgentRegistration } from '../agent-port.js';
import type { Allocation } from './allocator.js';
import { allocate } from './allocator.js';
import { wireResources } from '../resource-forms.js';
import type { Resources } from '../resources.js';
import { addResources, noResources, subtractResources } from '../resources.js';
import type { Agent, Framework, MasterState, OfferRecord, TaskRecord } from './state.js';

/** Where an agent listens, from its pid `slave(1)@ip:port`. */
function agentUrl(registration: AgentRegistration): NonNullable<Offer['url']> {
  const [path = '', address = ''] = registration.pid.split('@');
  const colon = address.lastIndexOf(':');
  return {
    scheme: 'http',
    address: {
      hostname: registration.info.hostname,
      ip: address.slice(0, colon).replace(/^\[|\]$/g, ''),
      port: Number(address.slice(colon + 1)),
    },
    path: `/${path}`,
  };
}

function changeAllocated(framework: Framework, role: string, change: (allocated: Resources) => Resources): void {
  const changed = change(framework.allocated.get(role) ?? noResources);
  if (changed.size === 0) framework.allocated.delete(role);
  else framework.allocated.set(role, changed);
}

/** Keeps the books of a master: who uses what, who is offered what, and which agents have something free to offer. */
export class Ledger {
  readonly #state: MasterState;
  /** Agents whose free resources are to be offered. */
  readonly #toOffer = new Set<Agent>();
  #nextOffer = 0;

  constructor(state: MasterState) {
    this.#state = state;
  }

  /** A task takes its resources. */
  use(framework: Framework, agent: Agent, role: string, resources: Resources): void {
    agent.used = addResources(agent.used, resources);
    changeAllocated(framework, role, (allocated) => addResources(allocated, resources));
  }

  /** A task gives its resources back. */
  release(framework: Framework, task: TaskRecord): void {
    changeAllocated(framework, task.role, (allocated) => subtractResources(allocated, task.resources));
    const agent = this.#state.agents.get(task.fixed.agent_id.value);
    if (agent === undefined) return;
    agent.used = subtractResources(agent.used, task.resources);
    this.offerAgain(agent);
  }

  /** An offer ends, whatever the reason: its resources are free again. */
  takeBack(offer: OfferRecord): void {
    this.#state.offers.delete(offer.id);
    const framework = this.#state.frameworks.get(offer.frameworkId);
    if (framework !== undefined) {
      framework.offers.delete(offer.id);
      changeAllocated(framework, offer.role, (allocated) => subtractResources(allocated, offer.resources));
    }
    const agent = this.#state.agents.get(offer.agentId);
    if (agent === undefined) return;
    agent.offered = subtractResources(agent.offered, offer.resources);
    this.offerAgain(agent);
  }

  /** What is free on this agent is to be offered by the next `offerFree`. */
  offerAgain(agent: Agent): void {
    this.#toOffer.add(agent);
  }

  offerAllAgain(): void {
    for (const agent of this.#state.agents.values()) this.#toOffer.add(agent);
  }

  /** The agent is gone. */
  forget(agent: Agent): void {
    this.#toOffer.delete(agent);
  }

  /** Makes the offers that are due, and returns them by who gets them. */
  offerFree(nowMs: number): ReadonlyMap<Framework, readonly Offer[]> {
    const offers = new Map<Framework, Offer[]>();
    for (const agent of this.#toOffer) {
      for (const allocation of allocate(this.#state, agent, nowMs)) {
        const list = offers.get(allocation.framework) ?? [];
        list.push(this.#offer(allocation));
        offers.set(allocation.framework, list);
      }
    }
    this.#toOffer.clear();
    return offers;
  }

  #offer({ framework, role, agent, resources }: Allocation): Offer {
    const id = `${this.#state.info.id}-O${this.#nextOffer++}`;
    const { info } = agent.registration;
    const multiRole = framework.capabilities.has('MULTI_ROLE');
    const offer: Offer = {
      id: { value: id },
      framework_id: { value: framework.id },
      agent_id: { value: agent.id },
      hostname: info.hostname,
      url: agentUrl(agent.registration),
      resources: wireResources(resources, {
        allocatedTo: multiRole ? role : undefined,
        withRole: !framework.capabilities.has('RESERVATION_REFINEMENT'),
      }),
      ...(info.attributes === undefined || info.attributes.length === 0 ? {} : { attributes: info.attributes }),
      ...(multiRole ? { allocation_info: { role } } : {}),
    };
    const record: OfferRecord = { id, frameworkId: framework.id, agentId: agent.id, role, resources, offer };
    this.#state.offers.set(id, record);
    framework.offers.set(id, record);
    agent.offered = addResources(agent.offered, resources);
    changeAllocated(framework, role, (allocated) => addResources(allocated, resources));
    framework.allocations.set(role, (framework.allocations.get(role) ?? 0) + 1);
    return offer;
  }
}
