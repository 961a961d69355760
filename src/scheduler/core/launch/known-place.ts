import type { Reservation } from '../../model/instance.js';
import type { OfferedReservation } from '../../model/offer.js';

/** Where an instance that is there already is launched again. */
export interface KnownPlace {
  readonly id: string;
  /** As it is with this launch. */
  readonly reservation: Reservation;
  readonly offered: OfferedReservation;
}
