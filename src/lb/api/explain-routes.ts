import type { HttpReply, HttpRequest, HttpServer } from '../../http/server.js';
import type { StateAsker } from '../explain/ask-states.js';
import { QuestionError } from '../explain/asked-request.js';
import { decide, explain } from '../explain/explain.js';
import type { ExplainParts } from '../explain/explain.js';
import { readQuestion } from '../explain/question.js';
import type { Parameters } from '../explain/question.js';
import { listRoutes } from '../explain/route-list.js';

export interface ExplainRoutesParts {
  /** undefined = nothing was routed yet. */
  readonly parts: () => ExplainParts | undefined;
  readonly states: StateAsker;
}

const defaultRoutes = 1_000;
const maxRoutes = 5_000;

function fail(reply: HttpReply, status: number, message: string): HttpReply {
  return reply.code(status).send({ message });
}

function wait(reply: HttpReply): HttpReply {
  return fail(reply, 503, 'nothing is routed yet: no scheduler has told of its apps');
}

/** A whole number among the parameters. Throws QuestionError. */
function numberIn(parameters: Parameters, name: string, byDefault: number, max: number): number {
  const text = parameters[name] ?? String(byDefault);
  const number = typeof text === 'string' && /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  if (number >= 0 && number <= max) return number;
  throw new QuestionError(`${name}: must be a number from 0 to ${max}`);
}

/**
 * `GET /api/explain` (and `/ekiden/v1/explain`): what becomes of a request (Explanation). `GET /ekiden/v1/routes?offset=&limit=`: all
 * routes in the order in which they are tried (RouteList). Errors are `{message}`.
 */
export function addExplainRoutes(server: HttpServer, { parts, states }: ExplainRoutesParts): void {
  async function explained(request: HttpRequest, reply: HttpReply): Promise<HttpReply> {
    const known = parts();
    if (known === undefined) return wait(reply);
    const asked = readQuestion(request.query as Parameters, known.settings, known.routing.model);
    const decision = decide(known, asked);
    const told = decision.backend === undefined ? undefined : await states.ask(decision.backend.name);
    return reply.send(explain(known, asked, decision, told));
  }

  async function listed(request: HttpRequest, reply: HttpReply): Promise<HttpReply> {
    const known = parts();
    if (known === undefined) return wait(reply);
    const parameters = request.query as Parameters;
    const offset = numberIn(parameters, 'offset', 0, 1_000_000);
    const limit = numberIn(parameters, 'limit', defaultRoutes, maxRoutes);
    return reply.send(listRoutes(known.routing, await states.ask(), { offset, limit }));
  }

  for (const [url, handler] of [
    ['/api/explain', explained],
    ['/ekiden/v1/explain', explained],
    ['/ekiden/v1/routes', listed],
  ] as const) {
    server.route({
      method: 'GET',
      url,
      handler,
      errorHandler: (error, _request, reply) => {
        if (error instanceof QuestionError) void fail(reply, 400, error.message);
        else void fail(reply, error.statusCode ?? 500, error.message);
      },
    });
  }
}
