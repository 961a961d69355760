import type { Zone, ZoneSettings } from '../../../src/dns/answer/zone.js';
import { defaultSoa } from '../../../src/dns/options.js';
import type { NameRecords } from '../../../src/dns/records/record-set.js';
import type { NameData, ZoneChange } from '../../../src/dns/served/zone-change.js';

export function testZoneSettings(domain: string): ZoneSettings {
  return { domain, ttlSeconds: 60, srvWeight: 3, soa: defaultSoa(domain) };
}

/** What is asked of a served zone, in the plainest way there is. */
export class ModelZone implements Zone {
  readonly settings: ZoneSettings;
  serial = 0;
  synced = false;
  staleSinceMs: number | null = null;
  readonly names = new Map<string, NameData>();
  readonly reasons = new Map<string, string>();
  readonly records = this;

  constructor(settings: ZoneSettings) {
    this.settings = settings;
  }

  apply({ names, reasons, ...position }: ZoneChange): void {
    for (const [name, data] of names) {
      if (data === null) this.names.delete(name);
      else this.names.set(name, data);
    }
    for (const [name, reason] of reasons) {
      if (reason === null) this.reasons.delete(name);
      else this.reasons.set(name, reason);
    }
    Object.assign(this, position);
  }

  find(name: string): NameRecords | undefined {
    const data = this.names.get(name);
    if (data === undefined) return undefined;
    return {
      A: (data.a ?? []).map((address) => ({ type: 'A', name, address })),
      AAAA: (data.aaaa ?? []).map((address) => ({ type: 'AAAA', name, address })),
      SRV: (data.srv ?? []).map(([target, port]) => ({ type: 'SRV', name, target, port })),
      PTR: (data.ptr ?? []).map((target) => ({ type: 'PTR', name, target })),
    };
  }

  hasNamesBelow(name: string): boolean {
    return [...this.names.keys()].some((other) => other.endsWith(`.${name}`));
  }

  reasonOf(name: string): string | undefined {
    return this.reasons.get(name);
  }
}
