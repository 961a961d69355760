import type { IncomingMessage, ServerResponse } from 'node:http';
import { createHttpServer } from './server.js';
import type { HttpServer, HttpServerOptions } from './server.js';

/** The sockets of a server whose routes are another one's, and at another time those of yet another one. */
export interface Stage {
  /** To be served. It has no routes of its own; closing it closes the sockets, not those who answer. */
  readonly server: HttpServer;
  /**
   * From when this resolves `next` answers, also on connections that are open, unless another one was to be shown meanwhile; what the one
   * before is answering it goes on to answer.
   */
  show(next: HttpServer): Promise<void>;
}

/** Options are those of the sockets: what is said of bodies, paths and headers is the business of those who answer. */
export function createStage(options: Pick<HttpServerOptions, 'maxConnections' | 'timeouts'>): Stage {
  const server = createHttpServer(options);
  let answer: ((request: IncomingMessage, response: ServerResponse) => void) | undefined;
  let newest: HttpServer | undefined;
  return {
    server,
    async show(next) {
      newest = next;
      await Promise.all([server.ready(), next.ready()]);
      // Another one was to be shown while this one was getting ready
      if (newest !== next) return;
      if (answer !== undefined) server.server.off('request', answer);
      else server.server.removeAllListeners('request');
      answer = (request, response) => next.routing(request, response);
      server.server.on('request', answer);
    },
  };
}
