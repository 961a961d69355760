import { isInDomain } from '../answer/zone.js';
import type { Forwarder } from './forwarder.js';
import { questionName } from './wire.js';

/**
 * Some zones have resolvers of their own: queries about names in `zones` (by name in lower case, without a dot at the end; none in another one) go
 * there, all others to `otherwise`.
 */
export function forwarderByZone(otherwise: Forwarder, zones: ReadonlyMap<string, Forwarder>): Forwarder {
  if (zones.size === 0) return otherwise;
  const all = [otherwise, ...zones.values()];

  function forwarderOf(name: string): Forwarder {
    for (const [zone, forwarder] of zones) if (isInDomain(name, zone)) return forwarder;
    return otherwise;
  }

  return {
    enabled: all.some(({ enabled }) => enabled),
    forwards: (name) => forwarderOf(name).enabled,
    forward: (query, transport, judge) =>
      forwarderOf(questionName(query).toLowerCase()).forward(query, transport, judge),
    close() {
      for (const forwarder of all) forwarder.close();
    },
  };
}
