import type { PathId } from '../../../common/path-id.js';
import { appNotFound } from '../api-error.js';
import type { ApiContext } from '../context.js';
import { parseTimestamp } from '../parse/timestamp.js';
import { appText } from '../render/app.js';
import { sendJson } from '../send.js';
import type { Handlers } from '../resource.js';

/** `/v2/apps/{id}/versions`: newest first. */
export function versionsHandlers({ access, service }: ApiContext, id: PathId): Handlers {
  return {
    GET: (request, reply) => {
      access.demand(request, 'view', { kind: 'app', id });
      const versions = service.state.apps.has(id) ? service.state.versions.get(id) : undefined;
      if (versions === undefined) throw appNotFound(id);
      return sendJson(reply, JSON.stringify({ versions: versions.toReversed() }));
    },
  };
}

/** `/v2/apps/{id}/versions/{timestamp}`: the definition, bare. */
export function versionHandlers({ access, service }: ApiContext, id: PathId, text: string): Handlers {
  return {
    GET: async (request, reply) => {
      access.demand(request, 'view', { kind: 'app', id });
      const version = parseTimestamp(text);
      const app = service.state.apps.has(id) ? await service.definition(id, version) : undefined;
      if (app === undefined) throw appNotFound(id, version);
      return sendJson(reply, appText(app));
    },
  };
}
