import type { HttpReply } from '../../http/server.js';
import { goJson } from './go-json.js';
import type { GoValue } from './go-json.js';

export const plainText = 'text/plain; charset=utf-8';

/** An error as Go's http.Error writes it, which Bamboo's UI shows in its form. */
export function fail(reply: HttpReply, status: number, message: string): HttpReply {
  return reply.code(status).type(plainText).header('X-Content-Type-Options', 'nosniff').send(`${message}\n`);
}

/** What Bamboo's router says of paths and methods that it does not know. */
export function notFound(reply: HttpReply): HttpReply {
  return fail(reply, 404, '404 page not found');
}

/** JSON as Bamboo writes it; as bytes, because Fastify would add a charset to the content type of a text. */
export function sendGoJson(reply: HttpReply, value: GoValue): HttpReply {
  return reply.type('application/json').send(Buffer.from(goJson(value)));
}

/** JSON of Ekiden's own. */
export function sendJson(reply: HttpReply, value: unknown): HttpReply {
  return reply.type('application/json').send(Buffer.from(JSON.stringify(value)));
}
