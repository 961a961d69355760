import { mountOf, normalisedPrefix } from '../../http/mount.js';
import type { HttpReply, HttpRequest } from '../../http/server.js';
import type { FrontContext } from './front-context.js';

/** Leads to `path` of this API, below the prefix that the request used, if any. Nothing of the request itself becomes part of the address. */
export function sendRedirect(
  { service }: FrontContext,
  request: HttpRequest,
  reply: HttpReply,
  path: `/${string}`,
): HttpReply {
  return reply.redirect(`${mountOf(request, normalisedPrefix(service.options.mountPrefix))}${path}`, 302);
}
