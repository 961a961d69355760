import type { HttpReply, HttpServer } from '../../http/server.js';
import type { Route } from '../compile/routing-model.js';
import { fail } from './answers.js';
import { withoutSecrets } from '../hidden-secrets.js';
import { hasLoggedIn } from './login.js';

export interface MarathonLbParts {
  /** The configuration that HAProxy runs; undefined when it runs none, or an unknown one. */
  readonly runningConfig: () => string | undefined;
  /** The processes of HAProxy that serve, the newest first. */
  readonly pids: () => Promise<readonly number[]>;
  readonly isHaproxyUp: () => boolean;
  readonly routes: () => readonly Route[];
  /** Makes everything anew; from what the sources say when asked, with `reads`, or from what is known of them. */
  readonly regenerate: (reads: boolean) => void;
}

const plain = 'text/plain';

function isPlainHost(route: Route): route is Route & { readonly host: string } {
  return route.host !== null && route.path === null && route.acl === null;
}

/** Of several routes of one name the first takes the requests. */
function mapText(entries: Iterable<readonly [string, string]>): string {
  const first = new Map<string, string>();
  for (const [key, backend] of entries) if (!first.has(key)) first.set(key, backend);
  return [...first].map(([key, backend]) => `${key} ${backend}\n`).join('');
}

/** What marathon-lb's HAProxy answers at its statistics port (lb.md §C.11). */
export function addMarathonLbRoutes(server: HttpServer, parts: MarathonLbParts): void {
  const send = (reply: HttpReply, text: string): HttpReply => reply.type(plain).send(Buffer.from(text));

  server.get('/_haproxy_health_check', (_request, reply) => {
    const [status, words] = parts.isHaproxyUp() ? [200, 'Service ready.'] : [503, 'HAProxy is not running.'];
    const title = status === 200 ? '200 OK' : '503 Service Unavailable';
    return reply
      .code(status)
      .type('text/html')
      .send(Buffer.from(`<html><body><h1>${title}</h1>\n${words}\n</body></html>\n`));
  });
  server.get('/_haproxy_getconfig', (request, reply) => {
    const text = parts.runningConfig();
    if (text === undefined) return fail(reply, 503, 'HAProxy runs no configuration that is known');
    return send(reply, hasLoggedIn(request) ? text : withoutSecrets(text));
  });
  server.get('/_haproxy_getpids', async (_request, reply) => send(reply, (await parts.pids()).join(' ')));
  server.get('/_haproxy_getvhostmap', (_request, reply) => {
    return send(
      reply,
      mapText(
        parts
          .routes()
          .filter(isPlainHost)
          .map(({ host, backend }) => [host, backend]),
      ),
    );
  });
  server.get('/_haproxy_getappmap', (_request, reply) => {
    return send(reply, mapText(parts.routes().flatMap(({ app, backend }) => (app === null ? [] : [[app, backend]]))));
  });
  server.get('/_mlb_signal/hup', (_request, reply) => {
    parts.regenerate(true);
    return send(reply, 'Sent SIGHUP signal to marathon-lb');
  });
  // What HAProxy runs is always what is on disk: there is nothing to reload, only to look whether it is so.
  server.get('/_mlb_signal/usr1', (_request, reply) => {
    parts.regenerate(false);
    return send(reply, 'Sent SIGUSR1 signal to marathon-lb');
  });
}
