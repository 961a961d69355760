import type { HttpReply, HttpRequest, HttpServer } from '../../../http/server.js';
import type { MasterDriver } from '../master-driver.js';
import { metricsSnapshot } from '../views/metrics.js';
import { quotaStatus, weightInfos } from '../views/quota.js';
import { rolesSummary } from '../views/roles.js';
import type { MasterFacts, TasksQuery } from '../views/summaries.js';
import { frameworks, slaves, stateFull, stateSummary, tasks } from '../views/summaries.js';
import { sendJson, sendMethodNotAllowed, sendText } from '../../http-answers.js';
import { systemFacts } from './system-facts.js';

type Query = Readonly<Record<string, string | undefined>>;

/** Query parameters of a request; of one that is given several times, the last. */
function queryOf(request: HttpRequest): Query {
  const given = request.query as Record<string, string | string[]>;
  return Object.fromEntries(Object.entries(given).map(([name, v]) => [name, Array.isArray(v) ? v.at(-1) : v]));
}

function count(text: string | undefined, fallback: number): number {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : fallback;
}

/** `limit` (100), `offset` (0), `order` (`asc`, else newest first); what cannot be read counts as not given, as in Mesos. */
function tasksQuery(query: Query): TasksQuery {
  return {
    limit: count(query['limit'], 100),
    offset: count(query['offset'], 0),
    order: query['order'] === 'asc' ? 'asc' : 'des',
    frameworkId: query['framework_id'],
    taskId: query['task_id'],
  };
}

/** The endpoints that operators' tools read (docs/endpoints of Mesos), each with and without `/master` before it. */
export function endpoints(server: HttpServer, driver: MasterDriver, facts: MasterFacts): void {
  type Answer = (request: HttpRequest, reply: HttpReply) => Promise<HttpReply> | HttpReply;

  /** GET, and HEAD and OPTIONS like it; `always`: also while the master is still recovering. */
  const get = (path: string, answer: Answer, always = false): void => {
    const prefixes = path.startsWith('/metrics') ? [path] : [path, `/master${path}`];
    for (const url of prefixes) {
      server.all(url, async (request, reply) => {
        if (!['GET', 'HEAD', 'OPTIONS'].includes(request.method)) {
          return sendMethodNotAllowed(reply, ['GET'], request.method);
        }
        if (!always && !driver.ready) return sendText(reply, 503, 'Master has not finished recovery');
        return answer(request, reply);
      });
    }
  };
  const json = (path: string, view: (query: Query) => object, always = false): void =>
    get(path, (request, reply) => sendJson(request, reply, view(queryOf(request))), always);

  json('/state', () => stateFull(driver.state, facts));
  json('/state.json', () => stateFull(driver.state, facts));
  json('/state-summary', () => stateSummary(driver.state));
  json('/slaves', (query) => slaves(driver.state, query['slave_id']));
  json('/frameworks', (query) => frameworks(driver.state, query['framework_id']));
  json('/tasks', (query) => tasks(driver.state, tasksQuery(query)));
  json('/roles', () => rolesSummary(driver.state));
  json('/quota', () => quotaStatus(driver.state));
  json('/weights', () => weightInfos(driver.state));
  json('/flags', () => ({ flags: facts.flags }), true);
  json('/version', () => facts.version, true);
  json('/metrics/snapshot', () => metricsSnapshot(driver.state, systemFacts(driver), driver.nowMs()), true);
  get('/health', (_request, reply) => reply.code(200).send(), true);
  const { address } = driver.state.info;
  get('/redirect', (_request, reply) =>
    reply
      .code(307)
      .header('location', `//${address?.hostname ?? ''}:${address?.port ?? 0}`)
      .send(),
  );
}
