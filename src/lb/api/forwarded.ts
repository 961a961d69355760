import { createHash, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import { forwardedForHeader, forwardProofHeader } from '../../catalog/forwarded-headers.js';
import type { HttpRequest, HttpServer } from '../../http/server.js';

const addresses = new WeakMap<HttpRequest, string>();

/** The address for which a scheduler has forwarded a request; undefined for any other request. */
export function forwardedFor(request: HttpRequest): string | undefined {
  return addresses.get(request);
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/**
 * Believes those who send `proof` for whom they ask. Only schedulers that this load balancer has introduced itself to know it; anybody could
 * claim the rest.
 */
export function noteForwarded(server: HttpServer, proof: string): void {
  const expected = digestOf(proof);
  server.addHook('onRequest', (request, _reply, done) => {
    const { [forwardProofHeader]: given, [forwardedForHeader]: address } = request.headers;
    const isProven = typeof given === 'string' && timingSafeEqual(digestOf(given), expected);
    if (isProven && typeof address === 'string' && isIP(address) !== 0) addresses.set(request, address);
    done();
  });
}
