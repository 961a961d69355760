import type { Zone } from '../answer/zone.js';
import type { RecordSet } from '../records/record-set.js';
import type { Reasons } from './reasons.js';

/** The zone as answers are made from it, of the records themselves: for a look at one name now and then. */
export function answeredZone(
  zone: Omit<Zone, 'records' | 'reasonOf'> & { readonly records: RecordSet; readonly reasons: Reasons },
): Zone {
  const { settings, serial, synced, staleSinceMs, records, reasons } = zone;
  return {
    settings,
    serial,
    synced,
    staleSinceMs,
    reasonOf: (name) => reasons.reasonOf(name),
    records,
  };
}
