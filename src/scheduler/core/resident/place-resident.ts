import type { Instance, Reservation } from '../../model/instance.js';
import type {
  NewReservation,
  NewVolume,
  Offer,
  OfferedReservation,
  OfferOperation,
  RoleResources,
} from '../../model/offer.js';
import { isPod } from '../../model/run-spec.js';
import type { RunSpec } from '../../model/run-spec.js';
import { publishInstanceChanged } from '../instance-events.js';
import { countedInstances } from '../launch/counted-instances.js';
import type { KnownPlace } from '../launch/known-place.js';
import { launchInstance } from '../launch/launch-instance.js';
import { launchPod } from '../launch/launch-pod.js';
import type { Placement, Placer } from '../launch/placement.js';
import { instanceOn, newInstanceId } from '../launch/provision.js';
import { taskIdOf } from '../launch/task-id.js';
import { acceptedRolesOf } from '../match/accepted-roles.js';
import { askOf } from '../match/ask.js';
import { matchOffer } from '../match/match-offer.js';
import type { Match } from '../match/match-offer.js';
import type { Refusal } from '../match/reject-reason.js';
import { Spreads } from '../match/spread.js';
import type { Tx } from '../tx.js';
import { withoutDisks } from './disks.js';
import { matchPlace } from './match-place.js';
import { isScheduled } from './phase.js';
import { variant } from './variant.js';
import { localVolumeOf, persistentVolumesOf } from './volumes.js';

type Fitting = Extract<Match, { readonly fits: true }>;

const nothing = { cpus: 0, memMib: 0, diskMib: 0, gpus: 0 };

/** In its place a task finds all but its ports; what the agent has besides is not its concern. */
const asTask = variant((runSpec) => {
  const labels = { ...runSpec.labels, GPU_SCHEDULING_BEHAVIOR: 'unrestricted' };
  if (!isPod(runSpec)) return { ...runSpec, ...nothing, labels };
  const containers = runSpec.containers.map((container) => ({ ...container, resources: nothing }));
  return { ...runSpec, labels, containers, executorResources: nothing };
});

/** An offer may have nothing but the reservation. */
function withPart(offer: Offer, role: string): Offer {
  const empty: RoleResources = { role, ...nothing, ports: [] };
  return { ...offer, resources: [...offer.resources, empty] };
}

interface Place {
  readonly instance: Instance;
  readonly reservation: Reservation;
  readonly offered: OfferedReservation;
}

/** Places of instances of the app or pod in an offer where a task is to be launched. */
function placesOf(tx: Tx, { id }: Pick<RunSpec, 'id'>, offer: Offer): readonly Place[] {
  return (offer.reservations ?? []).flatMap((offered) => {
    const instance =
      offered.frameworkId === tx.state.frameworkId ? tx.state.instances.get(offered.instanceId) : undefined;
    if (instance?.reservation === undefined || instance.appId !== id || !isScheduled(instance)) return [];
    const { reservation } = instance;
    const isWhole = reservation.volumes.every(({ persistenceId }) => offered.persistenceIds.includes(persistenceId));
    return isWhole ? [{ instance, reservation, offered }] : [];
  });
}

/** The operation that launches an app's task, or all of a pod's, in their place. */
function launchOf(tx: Tx, runSpec: RunSpec, offer: Offer, match: Fitting, place: KnownPlace): OfferOperation {
  return isPod(runSpec)
    ? { type: 'launchGroup', group: launchPod(tx, runSpec, offer, match, place) }
    : { type: 'launch', task: launchInstance(tx, runSpec, offer, match, place) };
}

/** Launches an instance in its place again. */
function launchIn(tx: Tx, runSpec: RunSpec, offer: Offer, { instance, reservation, offered }: Place): Placement {
  const others = new Spreads(() => countedInstances(tx.state, runSpec).filter(({ id }) => id !== instance.id));
  const [role = '*'] = acceptedRolesOf(runSpec, tx.settings.defaultAcceptedRoles);
  const match = matchOffer(asTask(runSpec), withPart(offer, role), others, tx.surroundings.random, tx);
  if (!match.fits) return match;
  tx.keepDefinition(runSpec);
  const { lastEnd, ...kept } = reservation;
  const launched: Reservation = { ...kept, isConfirmed: true, launches: reservation.launches + 1 };
  const place = { id: instance.id, reservation: launched, offered };
  const { reservations = [], ...rest } = match.rest;
  return {
    fits: true,
    operations: [launchOf(tx, runSpec, offer, match, place)],
    rest: { ...rest, reservations: reservations.filter((one) => one !== offered) },
    launched: true,
    isKnown: true,
  };
}

/** Reserves a place for a new instance, with its volumes; the task follows when the place is offered. */
function reserve(tx: Tx, runSpec: RunSpec, offer: Offer, spreads: Spreads, frameworkId: string): Placement {
  const match = matchPlace(runSpec, offer, spreads, tx.surroundings.random, tx);
  if (!match.fits) return match;
  const id = newInstanceId(tx, runSpec);
  const local = persistentVolumesOf(runSpec).map((volume) => localVolumeOf(runSpec, volume, tx.surroundings.uuid()));
  const prepared: Reservation = { volumes: local, isConfirmed: false, launches: 0 };
  const own = { id, taskId: taskIdOf(id), ports: [], reservation: prepared };
  const instance = instanceOn(tx, runSpec, offer, own, 'Scheduled');
  tx.keepDefinition(runSpec);
  tx.putInstance(instance);
  tx.setDeadline(`instance:${id}`, tx.nowMs + tx.settings.taskReservationTimeoutMs);
  publishInstanceChanged(tx, instance);
  const created = match.picked.map(({ wanted, disk }, i): NewVolume => {
    const sizeMib = disk?.type === 'mount' ? disk.sizeMib : wanted.sizeMib;
    const persistenceId = local[i]?.persistenceId ?? '';
    return { persistenceId, containerPath: wanted.containerPath, sizeMib, ...(disk === undefined ? {} : { disk }) };
  });
  const { cpus, memMib, diskMib, gpus } = isPod(runSpec) ? askOf(runSpec).total : runSpec;
  const amounts = { cpus, memMib, diskMib, gpus };
  const reservation: NewReservation = { frameworkId, instanceId: id, role: runSpec.role, ...amounts, volumes: created };
  return {
    fits: true,
    operations: [
      { type: 'reserve', reservation },
      { type: 'create', reservation },
    ],
    rest: withoutDisks(match.rest, created),
    launched: false,
  };
}

function noPlaceRefusal(tx: Tx, runSpec: RunSpec, offer: Offer): Refusal {
  const waiting = [...(tx.state.scheduled.get(runSpec.id) ?? [])].flatMap((id) => tx.state.instances.get(id) ?? []);
  const places = waiting.slice(0, 5).map(({ id, host }) => `${id} on ${host}`);
  const more = waiting.length > places.length ? ` and ${waiting.length - places.length} more` : '';
  const had = (offer.reservations ?? []).slice(0, 5).map(({ instanceId }) => instanceId);
  return {
    reason: 'NoCorrespondingReservationFound',
    needed: `the reservation of ${places.join(' or ')}${more}`,
    had: had.length === 0 ? 'no reservation' : `reservations of ${had.join(', ')}`,
  };
}

/**
 * Uses an offer for an app or pod with persistent volumes (marathon.md §9.6): launches it where an instance of it has its place, or else
 * reserves a place for one that has none.
 */
export const placeResident: Placer<RunSpec> = (tx, runSpec, offer, spreads) => {
  let refused: Placement | undefined;
  for (const place of placesOf(tx, runSpec, offer)) {
    const placement = launchIn(tx, runSpec, offer, place);
    if (placement.fits) return placement;
    refused ??= placement;
  }
  const { frameworkId } = tx.state;
  const missing = (tx.state.queue.get(runSpec.id)?.count ?? 0) - (tx.state.scheduled.get(runSpec.id)?.size ?? 0);
  if (missing > 0 && frameworkId !== undefined) {
    const placement = reserve(tx, runSpec, offer, spreads, frameworkId);
    if (placement.fits) return placement;
    refused ??= placement;
  }
  return refused ?? { fits: false, refusals: [noPlaceRefusal(tx, runSpec, offer)] };
};
