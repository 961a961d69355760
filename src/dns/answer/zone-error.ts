import { extendedError } from './protocol.js';
import type { ExtendedError } from './protocol.js';
import type { Zone } from './zone.js';

/** Before the cluster was seen: the reason of the zone itself says who was asked. */
export function notReady(zone: Zone): ExtendedError {
  const text = zone.reasonOf(zone.settings.domain) ?? 'no Mesos master has been reached yet';
  return { code: extendedError.NOT_READY, text };
}

/** What is said of a zone that nobody has told of since then. ASCII. */
export function staleText(staleSinceMs: number): string {
  return `no Mesos master has been heard of since ${new Date(staleSinceMs).toISOString()}`;
}

/**
 * Why an answer about `name` (in lower case) is what it is, where that is not plain: it is as old as the last word of a
 * master, or it has no records that somebody may expect.
 */
export function errorOf(
  zone: Zone,
  name: string,
  answer: { readonly exists: boolean; readonly isEmpty: boolean },
): ExtendedError | undefined {
  const reason = answer.isEmpty ? zone.reasonOf(name) : undefined;
  if (zone.staleSinceMs !== null) {
    const since = staleText(zone.staleSinceMs);
    return {
      code: answer.exists ? extendedError.STALE_ANSWER : extendedError.STALE_NXDOMAIN,
      text: reason === undefined ? since : `${reason}; ${since}`,
    };
  }
  return reason === undefined ? undefined : { code: extendedError.OTHER, text: reason };
}
