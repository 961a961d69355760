import type { HttpReply, HttpRequest, HttpServer } from '../../http/server.js';
import { ApiError } from './api-error.js';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
const methods: readonly Method[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** Every method that some URL knows. */
export const allMethods: readonly string[] = [...methods, 'HEAD', 'OPTIONS'];

/** Answers a request: returns what is sent, or has sent it already (a stream). Throws ApiError. */
export type Handler = (request: HttpRequest, reply: HttpReply) => unknown;

/** A URL and what it answers, by method. */
export type Handlers = Readonly<Partial<Record<Method, Handler>>>;

function allowOf(handlers: Handlers): string {
  const own = methods.filter((method) => handlers[method] !== undefined);
  return [...own, ...(handlers.GET === undefined ? [] : ['HEAD']), 'OPTIONS'].join(', ');
}

/** The answer to a method that a URL does not know: 405 with the ones it knows; OPTIONS only asks for those. */
export function refuseMethod(handlers: Handlers, request: HttpRequest, reply: HttpReply): unknown {
  void reply.header('Allow', allowOf(handlers));
  if (request.method === 'OPTIONS') return reply.code(200).send();
  throw new ApiError(405, 'Method Not Allowed');
}

/** Calls the handler of the request's method; HEAD is a GET whose body is not sent. */
export async function dispatch(handlers: Handlers, request: HttpRequest, reply: HttpReply): Promise<unknown> {
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  const handler = methods.includes(method as Method) ? handlers[method as Method] : undefined;
  return handler === undefined ? refuseMethod(handlers, request, reply) : await handler(request, reply);
}

/** Registers a URL for every method. `resolve` picks the handlers when they depend on the URL. */
export function addResource(
  server: HttpServer,
  url: string,
  resolve: Handlers | ((request: HttpRequest) => Handlers),
): void {
  server.route({
    method: [...allMethods],
    url,
    exposeHeadRoute: false,
    handler: (request, reply) => dispatch(typeof resolve === 'function' ? resolve(request) : resolve, request, reply),
  });
}
