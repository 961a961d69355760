import type { HttpServer } from '../../http/server.js';
import type { Report, Routing } from '../compile/routing-model.js';
import type { RuleEditor } from '../rules/rule-editor.js';
import type { RuleHistory } from '../rules/rule-history.js';
import type { RuleStore } from '../rules/rule-store.js';
import { fail, sendJson } from './answers.js';
import { whoAsks } from './login.js';
import { shownRules } from './rule-states.js';

export interface RuleParts {
  readonly rules: RuleStore;
  readonly editor: RuleEditor;
  readonly history: RuleHistory;
  /** What is routed now; undefined before the first time. */
  readonly routing: () => Routing | undefined;
  readonly reports: () => readonly Report[];
}

/** `/ekiden/v1/rules`: the rules with what became of them, their history, and the way back. */
export function addRuleRoutes(server: HttpServer, { rules, editor, history, routing, reports }: RuleParts): void {
  server.get('/ekiden/v1/rules', (_request, reply) => sendJson(reply, shownRules(rules, routing(), reports())));
  server.get('/ekiden/v1/rules/history', (_request, reply) => sendJson(reply, { changes: history.changes }));
  server.post<{ Params: { n: string }; Querystring: Record<string, unknown> }>(
    '/ekiden/v1/rules/history/:n/revert',
    async (request, reply) => {
      const { n } = request.params;
      const { force } = request.query;
      if (force !== undefined && force !== 'true' && force !== 'false') {
        return fail(reply, 400, 'force: must be true or false');
      }
      const change = /^\d{1,15}$/.test(n) ? history.find(Number(n)) : undefined;
      if (change === undefined) return fail(reply, 404, `there is no change ${n} in the history`);
      await editor.revert(change, whoAsks(request), force === 'true');
      return sendJson(reply, history.changes[0] ?? null);
    },
  );
}
