import type { Logger } from '../../../common/logger.js';
import { createHttpServer } from '../../../http/server.js';
import type { HttpServer } from '../../../http/server.js';
import type { HttpOptions, SchedulerOptions } from '../../options.js';
import type { AccessControl } from '../access.js';
import { sendJson } from '../send.js';

/** What a scheduler works with that does not lead. */
export interface StandbyContext {
  readonly options: HttpOptions & Pick<SchedulerOptions, 'hostname' | 'flags' | 'leaderProxy'>;
  readonly access: AccessControl;
  /** `host:port` of the leader; undefined while none is known; this process's own address while it takes over. */
  readonly leader: () => string | undefined;
  readonly logger: Logger;
}

/** The API of a scheduler that does not lead. */
export function createStandby({ leader }: StandbyContext): HttpServer {
  const server = createHttpServer();
  server.all('/*', (_request, reply) =>
    sendJson(reply.code(503), JSON.stringify({ leading: false, leader: leader() ?? null })),
  );
  return server;
}
