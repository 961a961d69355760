import type { HttpRequest, HttpServer } from '../../../http/server.js';
import { ApiError, notValid } from '../api-error.js';
import type { ApiContext } from '../context.js';
import { textOf } from '../parse/query.js';
import type { Query } from '../parse/query.js';
import { leaderOf } from '../render/info.js';
import { addResource } from '../resource.js';
import { sendJson } from '../send.js';

/** Where Marathon writes a backup to, or reads one from. */
const backupPattern = /^(?:file:\/\/\/|s3:\/\/[^/])\S*$/;

/** `/v2/leader` */
export function addLeader(server: HttpServer, { service, access, logger }: ApiContext): void {
  addResource(server, '/v2/leader', {
    GET: (request, reply) => {
      access.demand(request, 'view', { kind: 'system', name: 'leader' });
      return sendJson(reply, JSON.stringify({ leader: leaderOf(service) }));
    },
    DELETE: (request, reply) => {
      access.demand(request, 'update', { kind: 'system', name: 'leader' });
      for (const name of ['backup', 'restore']) refuseBackup(request, name);
      if (service.abdicate === undefined) throw new ApiError(404, 'There is no leader');
      service.abdicate();
      logger.info({ clientIp: request.ip }, 'The leadership is given up as asked, the process ends');
      return sendJson(reply, JSON.stringify({ message: 'Leadership abdicated' }));
    },
  });
}

/** Nobody must give up the leadership in the belief that the state is saved. */
function refuseBackup(request: HttpRequest, name: string): void {
  const uri = textOf(request.query as Query, name);
  if (uri === undefined || uri === '') return;
  if (!backupPattern.test(uri)) {
    throw notValid([{ path: `/${name}`, errors: ['must be a URI like file:///path/to/file'] }]);
  }
  throw new ApiError(
    501,
    `${name} is not supported yet, and the leadership is kept: the state is below <work_dir>/scheduler/store, ` +
      'to be copied while the scheduler is stopped',
  );
}
