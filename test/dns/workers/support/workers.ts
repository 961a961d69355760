import { createSocket } from 'node:dgram';
import * as dnsPacket from 'dns-packet';
import type { Test } from 'tap';
import { defaultSoa } from '../../../../src/dns/options.js';
import type { AnswererSettings } from '../../../../src/dns/answerer.js';
import type { NameData, ZoneChange } from '../../../../src/dns/served/zone-change.js';
import type { Answerers } from '../../../../src/dns/workers/answerers.js';
import { startWorkers } from '../../../../src/dns/workers/start-workers.js';
import type { WorkerLimits } from '../../../../src/dns/workers/start-workers.js';
import { memoryLogger } from '../../../support/memory-logger.js';
import type { LogLine } from '../../../support/memory-logger.js';
import { freePort } from '../../../support/ports.js';
import { testAnswererSettings } from '../../support/answerer-settings.js';

export function testSettings(dnsPort: number, settings: Partial<AnswererSettings> = {}): AnswererSettings {
  return {
    ...testAnswererSettings,
    dnsPort,
    zone: { domain: 'mesos', ttlSeconds: 60, srvWeight: 1, soa: defaultSoa('mesos') },
    ...settings,
  };
}

/** A zone of which workers are told, as ZoneState tells it. */
export class ToldZone {
  readonly names = new Map<string, NameData>();
  serial = 1;
  synced = true;
  readonly #listeners = new Set<(change: ZoneChange) => void>();

  readonly subscribe = (listener: (change: ZoneChange) => void): (() => void) => {
    listener(this.#change([...this.names]));
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** How many want to be told of changes. */
  get followers(): number {
    return this.#listeners.size;
  }

  /** Gives names other data (null: none any more) and tells of it; returns the serial. */
  set(names: readonly (readonly [string, NameData | null])[]): number {
    for (const [name, data] of names) {
      if (data === null) this.names.delete(name);
      else this.names.set(name, data);
    }
    this.serial += 1;
    for (const listener of this.#listeners) listener(this.#change(names));
    return this.serial;
  }

  #change(names: ZoneChange['names']): ZoneChange {
    return { names, reasons: [], serial: this.serial, synced: this.synced, staleSinceMs: null };
  }
}

/** A zone of one name with two addresses. */
export function webZone(): ToldZone {
  const zone = new ToldZone();
  zone.names.set('web.mesos', { a: ['10.0.0.1', '10.0.0.2'] });
  return zone;
}

/** Limits by which the counts are told soon. */
export const often = { reportEveryMs: 20, maxSilentReports: 5_000 };

export interface TestWorkers {
  readonly workers: Answerers;
  readonly port: number;
  readonly lines: readonly LogLine[];
  /** What `fatal` was called with. */
  readonly failures: readonly Error[];
  pids(): number[];
}

/** Starts workers on a free port; they are ended with the test. */
export async function startTestWorkers(
  t: Test,
  zone: ToldZone,
  count: number,
  options: { settings?: Partial<AnswererSettings>; limits?: Partial<WorkerLimits> } = {},
): Promise<TestWorkers> {
  const { logger, lines } = memoryLogger();
  const port = options.settings?.dnsPort ?? (await freePort());
  const failures: Error[] = [];
  const workers = await startWorkers(testSettings(port, options.settings), count, {
    subscribe: zone.subscribe,
    logger,
    fatal: (error) => failures.push(error),
    ...(options.limits === undefined ? {} : { limits: options.limits }),
  });
  t.teardown(() => workers.close());
  return { workers, port, lines, failures, pids: () => workers.workers().map(({ pid }) => pid) };
}

export interface AddressAnswer {
  readonly rcode: number;
  /** In their order. */
  readonly addresses: readonly string[];
}

/** Asks over UDP for the addresses of a name; rejects when there is no answer in time. */
export function askAddress(port: number, name: string, host = '127.0.0.1'): Promise<AddressAnswer> {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  return new Promise<AddressAnswer>((resolve, reject) => {
    const limit = setTimeout(() => reject(new Error(`no answer for ${name}`)), 5_000);
    socket.once('error', reject);
    socket.once('message', (message) => {
      clearTimeout(limit);
      const { answers = [] } = dnsPacket.decode(message);
      const addresses = answers.flatMap((answer) => (answer.type === 'A' ? answer.data : []));
      resolve({ rcode: message.readUInt8(3) & 15, addresses: addresses.sort() });
    });
    socket.connect(port, host, () => {
      socket.send(dnsPacket.encode({ type: 'query', id: 1, questions: [{ type: 'A', name }] }));
    });
  }).finally(() => socket.close());
}
