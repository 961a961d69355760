import type { ReplyRecord } from './reply.js';
import type { ZoneSettings } from './zone.js';

/** The data of a record as zone files have it, names with the dot at the end. */
function dataText(record: ReplyRecord, settings: Pick<ZoneSettings, 'srvWeight'>): string {
  switch (record.type) {
    case 'A':
    case 'AAAA':
      return record.address;
    case 'SRV':
      return `0 ${settings.srvWeight} ${record.port} ${record.target}.`;
    case 'PTR':
      return `${record.target}.`;
    case 'NS':
      return `${record.nameServer}.`;
    case 'SOA': {
      const { serial, refreshSeconds, retrySeconds, expireSeconds, minimumTtlSeconds } = record;
      const numbers = [serial, refreshSeconds, retrySeconds, expireSeconds, minimumTtlSeconds].join(' ');
      return `${record.nameServer}. ${record.mailbox}. ${numbers}`;
    }
  }
}

/** A record as a line of a zone file (RFC 1035 §5.1), as dig shows it: `web.marathon.mesos. 60 IN A 10.0.0.1`. */
export function zoneText(record: ReplyRecord, settings: Pick<ZoneSettings, 'srvWeight' | 'ttlSeconds'>): string {
  return `${record.name}. ${settings.ttlSeconds} IN ${record.type} ${dataText(record, settings)}`;
}
