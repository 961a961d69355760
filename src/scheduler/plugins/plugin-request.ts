import type { HttpRequest } from '../../http/server.js';
import type { PluginRequest } from './types.js';

/** A request as plugins see it; `path` instead of the URL's own when given. */
export function pluginRequestOf(request: HttpRequest, path?: string): PluginRequest {
  const { method, url, headers, ip, body } = request;
  const end = url.indexOf('?');
  return {
    method,
    path: path ?? (end < 0 ? url : url.slice(0, end)),
    query: request.query as PluginRequest['query'],
    headers: { ...headers },
    remoteAddress: ip,
    body: typeof body === 'string' ? body : undefined,
  };
}
