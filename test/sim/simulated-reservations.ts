import type { NewReservation, OfferedReservation, OfferOperation } from '../../src/scheduler/model/offer.js';

interface SimReservation extends OfferedReservation {
  readonly agentId: string;
  persistenceIds: readonly string[];
  /** The task that uses it. */
  usedBy: string | undefined;
  /** It has come free, or was made, and not been offered since. */
  isNews: boolean;
  /** The offer that has it. */
  offerId: string | undefined;
}

/** What is reserved on the agents of a made-up cluster, and the volumes there. It throws for what Mesos would refuse. */
export class SimReservations {
  readonly #byInstance = new Map<string, SimReservation>();
  /** The live tasks of groups that use a place, by its instance. */
  readonly #groups = new Map<string, Set<string>>();
  /** Who has written to each volume, one task after the other. */
  readonly data = new Map<string, string[]>();

  get all(): readonly SimReservation[] {
    return [...this.#byInstance.values()];
  }

  #find({ instanceId }: Pick<NewReservation, 'instanceId'>): SimReservation {
    const found = this.#byInstance.get(instanceId);
    if (found === undefined) throw new Error(`nothing is reserved for ${instanceId}`);
    return found;
  }

  #free(reservation: Pick<NewReservation, 'instanceId'>): SimReservation {
    const found = this.#find(reservation);
    if (found.usedBy !== undefined) throw new Error(`the place of ${found.instanceId} is used by ${found.usedBy}`);
    return found;
  }

  /** Carries out an operation on an agent; tasks are the caller's concern. */
  apply(operation: OfferOperation, agentId: string): void {
    switch (operation.type) {
      case 'reserve': {
        const { instanceId, frameworkId, role } = operation.reservation;
        if (this.#byInstance.has(instanceId)) throw new Error(`${instanceId} has a place already`);
        const made = { instanceId, frameworkId, role, agentId, persistenceIds: [], resources: [] };
        this.#byInstance.set(instanceId, { ...made, usedBy: undefined, isNews: true, offerId: undefined });
        return;
      }
      case 'create': {
        const found = this.#free(operation.reservation);
        found.persistenceIds = operation.reservation.volumes.map(({ persistenceId }) => persistenceId);
        for (const id of found.persistenceIds) {
          if (this.data.has(id)) throw new Error(`the volume ${id} is there already`);
          this.data.set(id, []);
        }
        return;
      }
      case 'destroy': {
        const found = this.#free(operation.reservation);
        for (const id of found.persistenceIds) this.data.delete(id);
        found.persistenceIds = [];
        return;
      }
      case 'unreserve': {
        const found = this.#free(operation.reservation);
        if (found.persistenceIds.length > 0) throw new Error(`volumes are left in the place of ${found.instanceId}`);
        this.#byInstance.delete(found.instanceId);
        return;
      }
      case 'launch': {
        const { reserved, taskId } = operation.task;
        if (reserved === undefined) return;
        const found = this.#free(reserved);
        found.usedBy = taskId;
        for (const id of found.persistenceIds) this.data.get(id)?.push(taskId);
        return;
      }
      case 'launchGroup': {
        const { reserved, tasks } = operation.group;
        if (reserved === undefined) return;
        const found = this.#free(reserved.offered);
        const [first] = tasks;
        found.usedBy = first?.taskId;
        this.#groups.set(found.instanceId, new Set(tasks.map(({ taskId }) => taskId)));
        for (const id of found.persistenceIds) this.data.get(id)?.push(first?.taskId ?? '');
        return;
      }
    }
  }

  /** A task has ended. */
  ended(taskId: string): void {
    for (const reservation of this.#byInstance.values()) {
      const group = this.#groups.get(reservation.instanceId);
      if (group === undefined ? reservation.usedBy !== taskId : !group.delete(taskId)) continue;
      if (group !== undefined && group.size > 0) continue;
      this.#groups.delete(reservation.instanceId);
      reservation.usedBy = undefined;
      reservation.isNews = true;
    }
  }

  /** Offers were used or declined, or are void; undefined: all of them. */
  returned(offerIds?: readonly string[]): void {
    for (const reservation of this.#byInstance.values()) {
      const { offerId } = reservation;
      if (offerId !== undefined && offerIds?.includes(offerId) !== false) reservation.offerId = undefined;
    }
  }

  /** An offer is made of these. */
  offeredBy(offerId: string, reservations: readonly OfferedReservation[]): void {
    for (const { instanceId } of reservations) this.#find({ instanceId }).offerId = offerId;
  }

  /** Agents that have something to offer to a role, with what is free there: all, or only where there is news. */
  offered(role: string, onlyNews: boolean): ReadonlyMap<string, readonly OfferedReservation[]> {
    const byAgent = new Map<string, SimReservation[]>();
    for (const reservation of this.#byInstance.values()) {
      if (reservation.usedBy !== undefined || reservation.offerId !== undefined || reservation.role !== role) continue;
      byAgent.set(reservation.agentId, [...(byAgent.get(reservation.agentId) ?? []), reservation]);
    }
    const result = [...byAgent].filter(([, reservations]) => !onlyNews || reservations.some(({ isNews }) => isNews));
    for (const reservation of result.flatMap(([, reservations]) => reservations)) reservation.isNews = false;
    return new Map(result.map(([agentId, reservations]) => [agentId, reservations.map((one) => ({ ...one }))]));
  }
}
