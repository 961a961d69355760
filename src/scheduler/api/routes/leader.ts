import type { AbdicationWish } from '../../abdication.js';
import { AbdicationError } from '../../abdication.js';
import { RequestedFileError } from '../../backup/requested-file.js';
import type { HttpServer } from '../../../http/server.js';
import { ApiError, notValid } from '../api-error.js';
import type { ApiContext } from '../context.js';
import { textOf } from '../parse/query.js';
import type { Query } from '../parse/query.js';
import { leaderOf } from '../render/info.js';
import { addResource } from '../resource.js';
import { sendJson } from '../send.js';

/** `/v2/leader` */
export function addLeader(server: HttpServer, { service, access, logger }: ApiContext): void {
  addResource(server, '/v2/leader', {
    GET: (request, reply) => {
      access.demand(request, 'view', { kind: 'system', name: 'leader' });
      return sendJson(reply, JSON.stringify({ leader: leaderOf(service) }));
    },
    DELETE: async (request, reply) => {
      access.demand(request, 'update', { kind: 'system', name: 'leader' });
      const query = request.query as Query;
      const wish = { ...fileOf(query, 'backup'), ...fileOf(query, 'restore') };
      if (service.abdicate === undefined) throw new ApiError(404, 'There is no leader');
      try {
        await service.abdicate(wish);
      } catch (error) {
        throw answerTo(error);
      }
      logger.info({ clientIp: request.ip, ...wish }, 'The leadership is given up as asked, the process ends');
      return sendJson(reply, JSON.stringify({ message: 'Leadership abdicated' }));
    },
  });
}

/** Nobody must give up the leadership in the belief that the state is saved. */
function fileOf(query: Query, name: keyof AbdicationWish): AbdicationWish {
  const uri = textOf(query, name);
  if (uri === undefined || uri === '') return {};
  if (uri.startsWith('s3://')) {
    throw new ApiError(
      501,
      `${name} in S3 is not supported, and the leadership is kept: give file:///path/to/file, in the directory of --backup_location`,
    );
  }
  return { [name]: uri };
}

function answerTo(error: unknown): unknown {
  if (error instanceof RequestedFileError) {
    return notValid([{ path: `/${error.parameter}`, errors: [error.message] }]);
  }
  return error instanceof AbdicationError ? new ApiError(error.status, error.message) : error;
}
