import type { Zone } from '../answer/zone.js';
import type { RecordSet } from '../records/record-set.js';
import type { Reasons } from './reasons.js';

/**
 * The zone as answers are made from it, for a look at one name now and then: whether there are names below one that has no records is
 * found by looking at all names.
 */
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
    records: {
      find: (name) => records.find(name),
      hasNamesBelow(name) {
        const end = `.${name}`;
        for (const other of records.names()) if (other.endsWith(end)) return true;
        return false;
      },
    },
  };
}
