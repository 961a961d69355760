import type { CatalogView } from '../../catalog/catalog.js';
import type { HttpReply, HttpRequest, HttpServer } from '../../http/server.js';
import type { RuleEditor } from '../rules/rule-editor.js';
import type { RuleStore } from '../rules/rule-store.js';
import { readRuleId } from '../rules/rule.js';
import { fail, plainText, sendGoJson } from './answers.js';
import { readBambooService, toBambooService } from './bamboo-service.js';
import { bambooState } from './bamboo-state.js';
import { goJson } from './go-json.js';
import { whoAsks } from './login.js';

export interface BambooParts {
  readonly rules: RuleStore;
  readonly editor: RuleEditor;
  readonly catalog: CatalogView;
  /** The catalog was received once. */
  readonly isSynced: () => boolean;
  /** A Marathon has posted an event. */
  readonly calledBack: (data: string | undefined) => void;
}

/** Of what a Marathon calls back with, which is not read; deployments of many apps are large. */
const maxCallbackBytes = 16 << 20;

/** Bamboo's API: `/status`, `/api/state`, `/api/services`, `/api/marathon/event_callback` (lb.md §D.4). */
export function addBambooRoutes(
  server: HttpServer,
  { rules, editor, catalog, isSynced, calledBack }: BambooParts,
): void {
  server.get('/status', (_request, reply) => reply.type(plainText).send('OK'));
  server.get('/api/state', (_request, reply) => {
    // As when no Marathon answers Bamboo.
    const state = isSynced() ? bambooState(catalog, rules.rules.values()) : null;
    return reply.type(plainText).send(goJson(state));
  });

  server.get('/api/services', (_request, reply) => {
    return sendGoJson(
      reply,
      new Map([...rules.rules.values()].map((rule) => [rule.id, toBambooService(rule)] as const)),
    );
  });

  async function save(request: HttpRequest, reply: HttpReply): Promise<HttpReply> {
    const { rule, echo } = readBambooService(request.body);
    await editor.put(rule, whoAsks(request));
    return sendGoJson(reply, echo);
  }
  server.post('/api/services', save);
  // Bamboo takes the id from the body, whatever the path says.
  server.put('/api/services', save);
  server.put('/api/services/*', save);
  server.delete<{ Params: { '*': string } }>('/api/services/*', async (request, reply) => {
    const removed = await editor.remove(readRuleId(request.params['*']), whoAsks(request));
    // What ZooKeeper tells Bamboo.
    return removed ? sendGoJson(reply, null) : fail(reply, 400, 'zk: node does not exist');
  });

  server.route({
    method: 'POST',
    url: '/api/marathon/event_callback',
    bodyLimit: maxCallbackBytes,
    handler: (request, reply) => {
      calledBack(typeof request.body === 'string' ? request.body : undefined);
      return reply.type(plainText).send('Got it!');
    },
    errorHandler: (_error, _request, reply) => {
      calledBack(undefined);
      void reply.code(200).type(plainText).send('Got it!');
    },
  });
}
