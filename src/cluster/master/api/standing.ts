import type { HttpServer } from '../../../http/server.js';
import { sendText } from '../../http-answers.js';

/** What a master is among several. */
export interface Standing {
  /** Whether it leads at this very moment. */
  readonly leads: boolean;
  /** `host:port` of the one that does, by which clients reach it; undefined while there is none, or none is known. */
  readonly leader: string | undefined;
}

/** What every master answers for itself. */
const ownPaths = new Set(['/health', '/version', '/flags', '/metrics/snapshot']);

/**
 * A request's place at the leading master, in the form of Mesos' `Location`: without scheme, below `/master`, with the query;
 * `/redirect` is the leader itself.
 */
export function placeAtLeader(leader: string, url: string): string {
  const below = url.startsWith('/master/') ? url : `/master${url}`;
  const [path = ''] = below.split('?', 1);
  return path === '/master/redirect' ? `//${leader}` : `//${leader}${below}`;
}

/**
 * Has a master that does not lead answer as Mesos does (recorded): 307 with the leader's address, 503 while there is none; what
 * concerns the process alone it answers itself.
 */
export function answerWhileStandingBy(server: HttpServer, standing: Standing): void {
  server.addHook('onRequest', (request, reply, done) => {
    const [path = ''] = request.url.split('?', 1);
    if (standing.leads || request.is404 || ownPaths.has(path.startsWith('/master/') ? path.slice(7) : path)) {
      done();
      return;
    }
    const { leader } = standing;
    if (leader === undefined) void sendText(reply, 503, 'No leader elected');
    else void reply.code(307).header('location', placeAtLeader(leader, request.url)).send();
  });
}
