import type { HttpServer } from '../../../http/server.js';
import type { Json } from '../../model/app-definition.js';
import type { FrontContext } from '../front-context.js';
import { wantsText } from '../parse/accept.js';
import { sendJson } from '../send.js';
import { addResource } from '../resource.js';

function valueText(value: Json): string {
  if (value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** `/config`: every flag with the value in force, by name; as lines `name=value` when plain text is asked for. */
export function addSystem(server: HttpServer, { service, access }: FrontContext): void {
  const flags = Object.entries(service.options.flags).sort(([a], [b]) => (a < b ? -1 : 1));
  const json = JSON.stringify(Object.fromEntries(flags));
  const text = flags.map(([name, value]) => `${name}=${valueText(value)}\n`).join('');

  addResource(server, '/config', {
    GET: (request, reply) => {
      access.demand(request, 'view', { kind: 'system', name: 'config' });
      return wantsText(request) ? reply.type('text/plain').send(Buffer.from(text)) : sendJson(reply, json);
    },
  });
}
