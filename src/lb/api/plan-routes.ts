import { parseChange, PlanError } from '../../catalog/parse-change.js';
import type { HttpReply, HttpRequest, HttpServer } from '../../http/server.js';
import { BusyError } from '../preview/preview-queue.js';
import { NotReadyError } from '../preview/previewer.js';
import type { PreviewChange, Previewer } from '../preview/previewer.js';
import { RuleError } from '../rules/rule.js';
import { readBambooService } from './bamboo-service.js';

/** A thousand apps and a thousand instances as they are in the catalog. */
const maxPlanBytes = 4 << 20;

function fail(reply: HttpReply, status: number, message: string, details: readonly object[] = []): HttpReply {
  return reply.code(status).send(details.length === 0 ? { message } : { message, details });
}

/** A rule to be stored, or with `?delete=true` to be removed: of that, only the id counts. */
function ruleChange(request: HttpRequest): PreviewChange {
  const { delete: removes } = request.query as Readonly<Record<string, unknown>>;
  if (removes !== undefined && removes !== 'true' && removes !== 'false') {
    throw new RuleError('delete: must be true or false');
  }
  const { rule } = readBambooService(request.body);
  return removes === 'true' ? { removedRule: rule.id } : { rule };
}

/**
 * `POST /api/plan`: what a rule, in Bamboo's first or second form, would do if it were stored, or with `?delete=true` removed;
 * `POST /ekiden/v1/plan`: the same of a change of the catalog (`CatalogChange`). Answers are a Preview, errors `{message, details?}`.
 */
export function addPlanRoutes(server: HttpServer, previewer: Previewer): void {
  for (const [url, read] of [
    ['/api/plan', ruleChange],
    ['/ekiden/v1/plan', (request: HttpRequest): PreviewChange => ({ catalog: parseChange(request.body) })],
  ] as const) {
    server.route({
      method: 'POST',
      url,
      bodyLimit: maxPlanBytes,
      handler: async (request, reply) => reply.send(await previewer.preview(read(request))),
      errorHandler: (error, _request, reply) => {
        const { statusCode = 500, message } = error;
        if (error instanceof PlanError) void fail(reply, 400, message, error.details);
        else if (error instanceof RuleError) void fail(reply, 400, message);
        else if (error instanceof BusyError || error instanceof NotReadyError) {
          void fail(reply.header('Retry-After', '1'), 503, message);
        } else if (statusCode === 413) void fail(reply, 413, `the body is longer than ${maxPlanBytes} bytes`);
        else void fail(reply, statusCode, message);
      },
    });
  }
}
