import { messageOf } from '../../../common/errors.js';
import { segmentsOf } from '../../../common/path-id.js';
import type { HttpReply, HttpRequest, HttpServer } from '../../../http/server.js';
import { DeadlineError, within } from '../../plugins/deadline.js';
import type { PluginDefinition } from '../../plugins/definition.js';
import { noPlugins } from '../../plugins/load-plugins.js';
import { pluginRequestOf } from '../../plugins/plugin-request.js';
import { ResponseBuilder } from '../../plugins/response-builder.js';
import { ApiError } from '../api-error.js';
import type { ApiContext } from '../context.js';
import { addResource } from '../resource.js';
import type { Handler } from '../resource.js';
import { sendJson } from '../send.js';

/** A plugin as the list shows it: never its configuration, in which there may be secrets. */
function renderPlugin({ id, plugin, implementation, tags, info }: PluginDefinition): object {
  return { id, plugin, implementation, tags, info };
}

/** `/v2/plugins`: the list; everything below `/v2/plugins/{id}` is answered by that plugin, if it is an HttpRequestHandler. */
export function addPlugins(server: HttpServer, { access, plugins = noPlugins, logger }: ApiContext): void {
  addResource(server, '/v2/plugins', {
    GET: (request, reply) => {
      access.demand(request, 'view', { kind: 'system', name: 'plugins' });
      return sendJson(reply, JSON.stringify({ plugins: plugins.definitions.map(renderPlugin) }));
    },
  });

  async function serve(id: string, path: string, request: HttpRequest, reply: HttpReply): Promise<HttpReply> {
    const action = request.method === 'GET' || request.method === 'HEAD' ? 'view' : 'update';
    access.demand(request, action, { kind: 'system', name: 'plugins' });
    const handler = plugins.requestHandlers.get(id);
    if (handler === undefined) throw new ApiError(404, `No plugin with this pluginId: ${id}`);
    // No plugin that serves files has to think of that
    if (segmentsOf(path).includes('..')) throw new ApiError(404, `Plugin '${id}' is not asked for paths with '..'`);
    const response = new ResponseBuilder(200);
    try {
      await within(plugins.deadline, () => handler.plugin.serve(pluginRequestOf(request, path), response));
    } catch (error) {
      response.take();
      logger.error({ plugin: id, reason: messageOf(error) }, 'An HttpRequestHandler has failed');
      if (error instanceof DeadlineError) throw new ApiError(503, `Plugin '${id}' has not answered: ${error.message}`);
      throw new ApiError(500, `Plugin '${id}' has failed; the reason is in the log`);
    }
    const { status, headers, content } = response.take();
    return reply.code(status).headers(headers).send(content);
  }

  const handler: Handler = (request, reply) => {
    const { id, '*': rest = '' } = request.params as { readonly id: string; readonly '*'?: string };
    return serve(id, `/${rest}`, request, reply);
  };
  const handlers = { GET: handler, POST: handler, PUT: handler, PATCH: handler, DELETE: handler };
  addResource(server, '/v2/plugins/:id', handlers);
  addResource(server, '/v2/plugins/:id/*', handlers);
}
