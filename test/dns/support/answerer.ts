import type { Test } from 'tap';
import { silentLogger } from '../../../src/common/logger.js';
import { startAnswerer } from '../../../src/dns/answerer.js';
import type { Answerer, AnswererSettings } from '../../../src/dns/answerer.js';
import { defaultSoa } from '../../../src/dns/options.js';
import { ServedZone } from '../../../src/dns/served/served-zone.js';
import type { NameData } from '../../../src/dns/served/zone-change.js';
import { freePort } from '../../support/ports.js';
import { testAnswererSettings } from './answerer-settings.js';

export const testNames: readonly (readonly [string, NameData])[] = [
  ['web.marathon.mesos', { a: ['10.0.0.1', '10.0.0.2'] }],
  ['_web._tcp.marathon.mesos', { srv: [['web.marathon.mesos', 31000]] }],
  ['ns1.mesos', { a: ['10.0.0.53'] }],
];

/** A zone that has these names. */
export function testZone(names: readonly (readonly [string, NameData | null])[] = testNames): ServedZone {
  const zone = new ServedZone({ domain: 'mesos', ttlSeconds: 60, srvWeight: 1, soa: defaultSoa('mesos') });
  zone.apply({ names, reasons: [], serial: 7, synced: true, staleSinceMs: null });
  return zone;
}

/** Answers from `zone` on a free port of the loopback interface until the end of the test. */
export async function startTestAnswerer(
  t: Test,
  settings: Partial<AnswererSettings> = {},
  zone = testZone(),
  { port = undefined, portPatienceMs = 0 }: { port?: number | undefined; portPatienceMs?: number } = {},
): Promise<Answerer & { readonly port: number; readonly zone: ServedZone }> {
  const dnsPort = port ?? (await freePort());
  const answerer = await startAnswerer(
    {
      ...testAnswererSettings,
      dnsPort,
      ...settings,
      zone: zone.settings,
    },
    { zone, logger: silentLogger, clock: Date.now, random: Math.random, portPatienceMs },
  );
  t.teardown(() => answerer.close());
  return { ...answerer, port: dnsPort, zone };
}
