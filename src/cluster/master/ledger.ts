import type { Offer } from '../../mesos/types.js';
import type { AgentRegistration } from '../agent-port.js';
import { addQuantities, quantitiesOf, subtractQuantities } from '../quantities.js';
import type { Conversion } from '../resource-operations.js';
import { convert } from '../resource-operations.js';
import { wireResources } from '../resource-forms.js';
import type { Resources } from '../resources.js';
import { addResources, noResources, subtractResources } from '../resources.js';
import type { Allocation } from './allocator.js';
import { allocate, freeResources, idleResources } from './allocator.js';
import type { Agent, Framework, MasterState, OfferRecord } from './state.js';

/** Where an agent listens, from its pid `slave(1)@ip:port`. */
export function agentUrl(registration: AgentRegistration): NonNullable<Offer['url']> & {
  readonly address: { readonly hostname: string; readonly ip: string; readonly port: number };
} {
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

/** Keeps the books of a master: who uses what, who is offered what, and which agents have something free to offer. */
export class Ledger {
  readonly #state: MasterState;
  /** Agents whose free resources are to be offered. */
  readonly #toOffer = new Set<Agent>();
  #nextOffer = 0;

  constructor(state: MasterState) {
    this.#state = state;
  }

  addAgent(agent: Agent): void {
    this.#state.agents.set(agent.id, agent);
    addQuantities(this.#state.total, quantitiesOf(agent.total));
    this.offerAgain(agent);
  }

  removeAgent(agent: Agent): void {
    this.#state.agents.delete(agent.id);
    subtractQuantities(this.#state.total, quantitiesOf(agent.total));
    this.#state.free.set(agent.id, noResources);
    this.#toOffer.delete(agent);
  }

  #allocate(framework: Framework, role: string, resources: Resources): void {
    const quantities = quantitiesOf(resources);
    const allocated = framework.allocated.get(role) ?? new Map<string, number>();
    framework.allocated.set(role, allocated);
    addQuantities(allocated, quantities);
    this.#state.roles.add(role, quantities);
  }

  #deallocate(framework: Framework, role: string, resources: Resources): void {
    const quantities = quantitiesOf(resources);
    const allocated = framework.allocated.get(role);
    if (allocated !== undefined) {
      subtractQuantities(allocated, quantities);
      if (allocated.size === 0) framework.allocated.delete(role);
    }
    this.#state.roles.subtract(role, quantities);
  }

  /** A task or an executor takes its resources. */
  use(framework: Framework, agent: Agent, role: string, resources: Resources): void {
    agent.used = addResources(agent.used, resources);
    this.#allocate(framework, role, resources);
    this.#state.free.set(agent.id, freeResources(agent));
  }

  /** A task or an executor gives its resources back. */
  release(framework: Framework, agentId: string, role: string, resources: Resources): void {
    this.#deallocate(framework, role, resources);
    const agent = this.#state.agents.get(agentId);
    if (agent === undefined) return;
    agent.used = subtractResources(agent.used, resources);
    this.offerAgain(agent);
  }

  /** An offer ends, whatever the reason: its resources are free again. */
  takeBack(offer: OfferRecord): void {
    this.#state.offers.delete(offer.id);
    const framework = this.#state.frameworks.get(offer.frameworkId);
    if (framework !== undefined) {
      framework.offers.delete(offer.id);
      this.#deallocate(framework, offer.role, offer.resources);
    }
    const agent = this.#state.agents.get(offer.agentId);
    if (agent === undefined) return;
    agent.offers.delete(offer.id);
    agent.offered = subtractResources(agent.offered, offer.resources);
    this.offerAgain(agent);
  }

  /** Makes some of an agent's free resources into others. False when it does not have them free. */
  convert(agent: Agent, conversion: Conversion): boolean {
    if (convert(idleResources(agent), conversion) === undefined) return false;
    const total = convert(agent.total, conversion);
    if (total === undefined) return false;
    agent.total = total;
    this.offerAgain(agent);
    return true;
  }

  /** What is free on this agent is to be offered by the next `offerFree`. */
  offerAgain(agent: Agent): void {
    this.#state.free.set(agent.id, freeResources(agent));
    this.#toOffer.add(agent);
  }

  offerAllAgain(): void {
    for (const agent of this.#state.agents.values()) this.#toOffer.add(agent);
  }

  /** Agents about which the next `offerFree` decides. */
  get dueAgents(): Iterable<Agent> {
    return this.#toOffer;
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

  /** A new id for an offer or an inverse offer. */
  newOfferId(): string {
    return `${this.#state.info.id}-O${this.#nextOffer++}`;
  }

  #offer({ framework, role, agent, resources }: Allocation): Offer {
    const id = this.newOfferId();
    const { info } = agent.registration;
    const multiRole = framework.capabilities.has('MULTI_ROLE');
    const executors = [...agent.executors.values()].filter(({ frameworkId }) => frameworkId === framework.id);
    const { unavailability } = agent.maintenance;
    const offer: Offer = {
      id: { value: id },
      framework_id: { value: framework.id },
      agent_id: { value: agent.id },
      hostname: info.hostname,
      url: agentUrl(agent.registration),
      ...(info.domain === undefined ? {} : { domain: info.domain }),
      resources: wireResources(resources, {
        allocatedTo: multiRole ? role : undefined,
        withRole: !framework.capabilities.has('RESERVATION_REFINEMENT'),
        legacy: true,
      }),
      ...(info.attributes === undefined || info.attributes.length === 0 ? {} : { attributes: info.attributes }),
      ...(executors.length === 0 ? {} : { executor_ids: executors.map(({ info: { executor_id } }) => executor_id) }),
      ...(unavailability === undefined ? {} : { unavailability }),
      ...(multiRole ? { allocation_info: { role } } : {}),
    };
    const record: OfferRecord = { id, frameworkId: framework.id, agentId: agent.id, role, resources, offer };
    this.#state.offers.set(id, record);
    framework.offers.set(id, record);
    agent.offers.set(id, record);
    agent.offered = addResources(agent.offered, resources);
    this.#allocate(framework, role, resources);
    this.#state.free.set(agent.id, freeResources(agent));
    framework.allocations.set(role, (framework.allocations.get(role) ?? 0) + 1);
    this.#state.roles.countAllocation(role);
    return offer;
  }
}
