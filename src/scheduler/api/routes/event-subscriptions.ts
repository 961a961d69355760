import type { HttpReply, HttpRequest, HttpServer } from '../../../http/server.js';
import type { Command } from '../../core/commands.js';
import { callbackUrlProblem } from '../../events/callback-url.js';
import type { PublishedEvent } from '../../service.js';
import { ApiError, notValid } from '../api-error.js';
import { execute } from '../context.js';
import type { ApiContext } from '../context.js';
import { textOf } from '../parse/query.js';
import type { Query } from '../parse/query.js';
import { eventText } from '../render/event.js';
import { addResource } from '../resource.js';
import { sendJson } from '../send.js';

type SubscriptionCommand = Extract<Command, { type: 'subscribe' | 'unsubscribe' }>;

function invalid(error: string): ApiError {
  return notValid([{ path: '/callbackUrl', errors: [error] }]);
}

/** Carries out the command and returns the event that it has led to: its publication comes before the command's end. */
async function executeAndHear(context: ApiContext, command: SubscriptionCommand): Promise<PublishedEvent> {
  const { type, clientIp, callbackUrl } = command;
  const heard: PublishedEvent[] = [];
  const stop = context.service.events.subscribe((published) => {
    const { event } = published;
    if (event.type !== 'subscribe_event' && event.type !== 'unsubscribe_event') return;
    if (event.type !== `${type}_event` || event.callbackUrl !== callbackUrl) return;
    if (event.clientIp === clientIp) heard.push(published);
  });
  try {
    await execute(context, command);
  } finally {
    stop();
  }
  const [published] = heard;
  if (published === undefined) throw new Error(`${type} was carried out, but not published`);
  return published;
}

/**
 * `/v2/eventSubscriptions`: the URLs to which every event is posted (marathon.md §2.7). They are kept over restarts. 400 unless the
 * scheduler was started with `--event_subscriber http_callback`.
 */
export function addEventSubscriptions(server: HttpServer, context: ApiContext): void {
  const { service, access } = context;

  function demand(request: HttpRequest, action: 'view' | 'update'): void {
    access.demand(request, action, { kind: 'system', name: 'events' });
    if (service.options.httpCallback === undefined) {
      throw new ApiError(
        400,
        'http event callback system is not running on this Marathon instance. ' +
          'Please re-start this instance with "--event_subscriber http_callback".',
      );
    }
  }

  async function change(type: 'subscribe' | 'unsubscribe', request: HttpRequest, reply: HttpReply): Promise<HttpReply> {
    demand(request, 'update');
    const callbackUrl = textOf(request.query as Query, 'callbackUrl') ?? '';
    if (callbackUrl === '') throw invalid('must be given in the query, as ?callbackUrl=http://host:port/path');
    const problem = type === 'subscribe' ? callbackUrlProblem(callbackUrl) : undefined;
    if (problem !== undefined) throw invalid(problem);
    return sendJson(reply, eventText(await executeAndHear(context, { type, clientIp: request.ip, callbackUrl })));
  }

  addResource(server, '/v2/eventSubscriptions', {
    GET: (request, reply) => {
      demand(request, 'view');
      return sendJson(reply, JSON.stringify({ callbackUrls: [...service.state.callbackUrls] }));
    },
    POST: (request, reply) => change('subscribe', request, reply),
    DELETE: (request, reply) => change('unsubscribe', request, reply),
  });
}
