import type { AppDefinition } from '../../model/app-definition.js';
import type { Instance, Reservation } from '../../model/instance.js';
import type { NewReservation, NewVolume, Offer, OfferedReservation, RoleResources } from '../../model/offer.js';
import { isOld } from '../deployment/actions.js';
import { publishInstanceChanged } from '../instance-events.js';
import { launchInstance } from '../launch/launch-instance.js';
import { instanceOn, newInstanceId } from '../launch/provision.js';
import type { Placement, Placer } from '../launch/placement.js';
import { taskIdOf } from '../launch/task-id.js';
import { acceptedRolesOf } from '../match/accepted-roles.js';
import { matchOffer } from '../match/match-offer.js';
import type { Refusal } from '../match/reject-reason.js';
import { Spreads } from '../match/spread.js';
import { instancesOf } from '../state.js';
import type { Tx } from '../tx.js';
import { pickDisks, withoutDisks } from './disks.js';
import { isParked, isScheduled } from './phase.js';
import { localVolumeOf, persistentVolumesOf } from './volumes.js';

/** A definition as an offer is held against it: what it asks for depends on whether its place is there already. */
function variant(make: (app: AppDefinition) => AppDefinition): (app: AppDefinition) => AppDefinition {
  const made = new WeakMap<AppDefinition, AppDefinition>();
  return (app) => {
    let one = made.get(app);
    if (one === undefined) made.set(app, (one = make(app)));
    return one;
  };
}

/** A place is made of unreserved resources only (marathon.md §9.6), with room for the volumes of the root disk. */
const asPlace = variant((app) => ({
  ...app,
  acceptedResourceRoles: ['*'],
  diskMib: persistentVolumesOf(app).reduce(
    (sum, { type, sizeMib }) => sum + (type === 'root' ? sizeMib : 0),
    app.diskMib,
  ),
}));

/** In its place a task finds all but its ports; what the agent has besides is not its concern. */
const asTask = variant((app) => ({
  ...app,
  cpus: 0,
  memMib: 0,
  diskMib: 0,
  gpus: 0,
  labels: { ...app.labels, GPU_SCHEDULING_BEHAVIOR: 'unrestricted' },
}));

/** An offer may have nothing but the reservation. */
function withPart(offer: Offer, role: string): Offer {
  const nothing: RoleResources = { role, cpus: 0, memMib: 0, diskMib: 0, gpus: 0, ports: [] };
  return { ...offer, resources: [...offer.resources, nothing] };
}

interface Place {
  readonly instance: Instance;
  readonly reservation: Reservation;
  readonly offered: OfferedReservation;
}

/** Places of instances of the app in an offer where a task is to be launched. */
function placesOf(tx: Tx, app: AppDefinition, offer: Offer): readonly Place[] {
  return (offer.reservations ?? []).flatMap((offered) => {
    const instance =
      offered.frameworkId === tx.state.frameworkId ? tx.state.instances.get(offered.instanceId) : undefined;
    if (instance?.reservation === undefined || instance.appId !== app.id || !isScheduled(instance)) return [];
    const { reservation } = instance;
    const isWhole = reservation.volumes.every(({ persistenceId }) => offered.persistenceIds.includes(persistenceId));
    return isWhole ? [{ instance, reservation, offered }] : [];
  });
}

/** Launches the next task of an instance in its place. */
function launchIn(tx: Tx, app: AppDefinition, offer: Offer, { instance, reservation, offered }: Place): Placement {
  const others = new Spreads(() =>
    instancesOf(tx.state, app.id).filter((other) => other.id !== instance.id && !isOld(app, other) && !isParked(other)),
  );
  const [role = '*'] = acceptedRolesOf(app, tx.settings.defaultAcceptedRoles);
  const match = matchOffer(asTask(app), withPart(offer, role), others, tx.surroundings.random, tx);
  if (!match.fits) return match;
  tx.keepDefinition(app);
  const { lastEnd, ...kept } = reservation;
  const launches = reservation.launches + 1;
  const task = launchInstance(tx, app, offer, match, {
    id: instance.id,
    reservation: { ...kept, isConfirmed: true, launches },
    offered,
  });
  const { reservations = [], ...rest } = match.rest;
  return {
    fits: true,
    operations: [{ type: 'launch', task }],
    rest: { ...rest, reservations: reservations.filter((one) => one !== offered) },
    launched: true,
    isKnown: true,
  };
}

/** Reserves a place for a new instance, with its volumes; the task follows when the place is offered. */
function reserve(tx: Tx, app: AppDefinition, offer: Offer, spreads: Spreads, frameworkId: string): Placement {
  const volumes = persistentVolumesOf(app);
  const match = matchOffer(asPlace(app), offer, spreads, tx.surroundings.random, tx);
  const disks = pickDisks(volumes, offer.disks ?? []);
  if (!match.fits || 'refusal' in disks) {
    const refusals = match.fits ? [] : match.refusals;
    return { fits: false, refusals: 'refusal' in disks ? [...refusals, disks.refusal] : refusals };
  }
  const id = newInstanceId(tx, app);
  const local = volumes.map((volume) => localVolumeOf(app, volume, tx.surroundings.uuid()));
  const prepared: Reservation = { volumes: local, isConfirmed: false, launches: 0 };
  const own = { id, taskId: taskIdOf(id), ports: [], reservation: prepared };
  const instance = instanceOn(tx, app, offer, own, 'Scheduled');
  tx.keepDefinition(app);
  tx.putInstance(instance);
  tx.setDeadline(`instance:${id}`, tx.nowMs + tx.settings.taskReservationTimeoutMs);
  publishInstanceChanged(tx, instance);
  const created = disks.picked.map(({ wanted, disk }, i): NewVolume => {
    const sizeMib = disk?.type === 'mount' ? disk.sizeMib : wanted.sizeMib;
    const persistenceId = local[i]?.persistenceId ?? '';
    return { persistenceId, containerPath: wanted.containerPath, sizeMib, ...(disk === undefined ? {} : { disk }) };
  });
  const { cpus, memMib, diskMib, gpus, role } = app;
  const reservation: NewReservation = {
    frameworkId,
    instanceId: id,
    role,
    cpus,
    memMib,
    diskMib,
    gpus,
    volumes: created,
  };
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

function noPlaceRefusal(tx: Tx, app: AppDefinition, offer: Offer): Refusal {
  const waiting = [...(tx.state.scheduled.get(app.id) ?? [])].flatMap((id) => tx.state.instances.get(id) ?? []);
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
 * Uses an offer for an app with persistent volumes (marathon.md §9.6): launches a task where an instance of it has its place, or else
 * reserves a place for one that has none.
 */
export const placeResident: Placer<AppDefinition> = (tx, app, offer, spreads) => {
  let refused: Placement | undefined;
  for (const place of placesOf(tx, app, offer)) {
    const placement = launchIn(tx, app, offer, place);
    if (placement.fits) return placement;
    refused ??= placement;
  }
  const { frameworkId } = tx.state;
  const missing = (tx.state.queue.get(app.id)?.count ?? 0) - (tx.state.scheduled.get(app.id)?.size ?? 0);
  if (missing > 0 && frameworkId !== undefined) {
    const placement = reserve(tx, app, offer, spreads, frameworkId);
    if (placement.fits) return placement;
    refused ??= placement;
  }
  return refused ?? { fits: false, refusals: [noPlaceRefusal(tx, app, offer)] };
};
