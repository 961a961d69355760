import { sleep } from '../../common/time.js';
import { createBasicAuth } from '../../http/basic-auth.js';
import type { HttpRequest, HttpServer } from '../../http/server.js';
import { fail } from './answers.js';
import { forwardedFor } from './forwarded.js';

/** What asks whether this edge lives, and Marathon's callbacks, which come without a password and tell only that something changed. */
const open: ReadonlySet<string> = new Set([
  'GET /status',
  'GET /_haproxy_health_check',
  'POST /api/marathon/event_callback',
]);

/** A wrong password is answered after so long. */
const wrongPasswordMs = 500;
/** While so many wrong ones of one address wait for their answer, or of all, further ones are not looked at. */
const maxWaitingOfOne = 8;
const maxWaiting = 1_000;

function isOpen({ method, url }: HttpRequest): boolean {
  const path = (url.split('?', 1)[0] ?? '').replace(/(.)\/$/, '$1');
  return open.has(`${method === 'HEAD' ? 'GET' : method} ${path}`);
}

const users = new WeakMap<HttpRequest, string>();

/** Who makes a request: the user that has logged in, or else the address; and whether a scheduler has forwarded it. */
export function whoAsks(request: HttpRequest): string {
  const from = forwardedFor(request);
  const who = users.get(request) ?? from ?? request.ip;
  return from === undefined ? who : `${who}, through the scheduler`;
}

/** Whether there is a login, and the request has passed it. */
export function hasLoggedIn(request: HttpRequest): boolean {
  return users.has(request);
}

/**
 * Lets only those pass who know the user and the password (HTTP basic authentication); all may pass without `credentials`. Wrong ones are
 * answered late, and so few at a time that guessing is hopeless.
 */
export function requireLogin(
  server: HttpServer,
  credentials: { readonly user: string; readonly password: string } | undefined,
  delayMs = wrongPasswordMs,
): void {
  if (credentials === undefined) return;
  const auth = createBasicAuth({ ...credentials, realm: 'Ekiden load balancer' });
  const closing = new AbortController();
  /** Wrong passwords that wait for their answer, by address. */
  const waiting = new Map<string, number>();
  let allWaiting = 0;
  server.addHook('preClose', (done) => {
    closing.abort();
    done();
  });
  server.addHook('onRequest', async (request, reply) => {
    const ip = forwardedFor(request) ?? request.ip;
    const { authorization } = request.headers;
    const tries = waiting.get(ip) ?? 0;
    if (authorization !== undefined && (tries >= maxWaitingOfOne || allWaiting >= maxWaiting)) {
      if (isOpen(request)) return;
      return fail(reply, 503, 'Too many wrong passwords came at a time: send the request again');
    }
    if (auth.admits(authorization)) {
      users.set(request, credentials.user);
      return;
    }
    if (isOpen(request)) return;
    if (authorization !== undefined) {
      waiting.set(ip, tries + 1);
      allWaiting += 1;
      await sleep(delayMs, closing.signal);
      allWaiting -= 1;
      const left = (waiting.get(ip) ?? 1) - 1;
      if (left > 0) waiting.set(ip, left);
      else waiting.delete(ip);
    }
    void reply.header('WWW-Authenticate', auth.challenge);
    return fail(reply, 401, 'A user and a password are needed (HTTP basic authentication, --lb_credentials)');
  });
}
