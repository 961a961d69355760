import type { HttpReply, HttpRequest, HttpServer } from '../../../http/server.js';
import type { MasterDriver } from '../master-driver.js';
import { maintenanceSchedule, maintenanceStatus } from '../views/maintenance.js';
import { metricsSnapshot } from '../views/metrics.js';
import { getAgents, getExecutors, getFrameworks, getOperations, getState, getTasks } from '../views/operator.js';
import { quotaStatus, weightInfos } from '../views/quota.js';
import { getRoles } from '../views/roles.js';
import type { MasterFacts } from '../views/summaries.js';
import { acceptsJson, contentTypeProblem, sendJson, sendMethodNotAllowed, sendText } from '../../http-answers.js';
import { MessageError } from './json-message.js';
import type { OperatorChange, OperatorRequest } from './operator-call.js';
import { operatorCallReader } from './operator-call.js';
import { changeAsOperator } from './operator-changes.js';
import { systemFacts } from './system-facts.js';

/** mesos/v1/master/master.proto, `Call`: those that read; undefined = an answer without content. */
const answers: Readonly<Record<string, (driver: MasterDriver, facts: MasterFacts) => object | undefined>> = {
  GET_HEALTH: () => ({ healthy: true }),
  GET_FLAGS: (_driver, { flags }) => ({ flags: Object.entries(flags).map(([name, value]) => ({ name, value })) }),
  GET_VERSION: (_driver, { version }) => ({ version_info: version }),
  GET_METRICS: (driver) => ({
    metrics: Object.entries(metricsSnapshot(driver.state, systemFacts(driver), driver.nowMs())).map(
      ([name, value]) => ({
        name,
        value,
      }),
    ),
  }),
  // The level of its own log is not Mesos': 0 is what a master says by default.
  GET_LOGGING_LEVEL: () => ({ level: 0 }),
  GET_STATE: ({ state }) => getState(state),
  GET_AGENTS: ({ state }) => getAgents(state),
  GET_FRAMEWORKS: ({ state }) => getFrameworks(state),
  GET_EXECUTORS: ({ state }) => getExecutors(state),
  GET_OPERATIONS: ({ state }) => getOperations(state),
  GET_TASKS: ({ state }) => getTasks(state),
  GET_ROLES: ({ state }) => getRoles(state),
  GET_WEIGHTS: ({ state }) => {
    const weight_infos = weightInfos(state);
    return weight_infos.length === 0 ? undefined : { weight_infos };
  },
  GET_QUOTA: ({ state }) => ({ status: quotaStatus(state) }),
  GET_MAINTENANCE_SCHEDULE: ({ state }) => ({ schedule: maintenanceSchedule(state) }),
  GET_MAINTENANCE_STATUS: ({ state }) => ({ status: maintenanceStatus(state) }),
  GET_MASTER: ({ state }) => ({
    master_info: state.info,
    start_time: state.startedAtMs / 1000,
    elected_time: (state.electedAtMs ?? state.startedAtMs) / 1000,
  }),
};

/** Those that are Mesos' but not ours. */
const unsupported = [
  ...['SET_LOGGING_LEVEL', 'LIST_FILES', 'READ_FILE', 'GROW_VOLUME', 'SHRINK_VOLUME', 'SET_QUOTA', 'REMOVE_QUOTA'],
];

const readCall = operatorCallReader(['SUBSCRIBE', ...Object.keys(answers), ...unsupported]);

/** The v1 operator API (docs/operator-http-api.md of Mesos). */
export function operatorApi(server: HttpServer, driver: MasterDriver, facts: MasterFacts): void {
  for (const path of ['/api/v1', '/master/api/v1']) {
    server.all(path, async (request, reply) => handle(driver, facts, request, reply));
  }
  for (const path of ['/teardown', '/master/teardown']) {
    server.all(path, async (request, reply) => {
      if (request.method !== 'POST') return sendMethodNotAllowed(reply, ['POST'], request.method);
      const form = new URLSearchParams((request.body as string | undefined) ?? '');
      const frameworkId = form.get('frameworkId');
      if (frameworkId === null)
        return sendText(reply, 400, "Missing 'frameworkId' query parameter in the request body");
      return sendChange(driver, reply, { type: 'TEARDOWN', content: { framework_id: { value: frameworkId } } });
    });
  }
}

/** Carries out what an operator wants, and answers. */
export async function sendChange(driver: MasterDriver, reply: HttpReply, change: OperatorChange): Promise<HttpReply> {
  const { status, text } = await changeAsOperator(driver, change);
  return text === undefined ? reply.code(status).send() : sendText(reply, status, text);
}

async function handle(
  driver: MasterDriver,
  facts: MasterFacts,
  request: HttpRequest,
  reply: HttpReply,
): Promise<HttpReply> {
  if (!driver.ready) return sendText(reply, 503, 'Master has not finished recovery');
  if (request.method !== 'POST') return sendMethodNotAllowed(reply, ['POST'], request.method);
  const problem = contentTypeProblem(request);
  if (problem !== undefined) return sendText(reply, problem.status, problem.text);
  let call: OperatorRequest;
  try {
    call = readCall((request.body as string | undefined) ?? '');
  } catch (error) {
    if (error instanceof MessageError) return sendText(reply, 400, error.message);
    throw error;
  }
  if (!acceptsJson(request)) {
    return sendText(reply, 406, "Expecting 'Accept' to allow 'application/json' or 'application/x-protobuf'");
  }
  if (call.kind === 'change') return sendChange(driver, reply, call.change);
  const { type } = call;
  if (type === 'SUBSCRIBE') {
    driver.subscribeOperator(reply);
    return reply;
  }
  const answer = answers[type];
  if (answer === undefined) return sendText(reply, 501, `${type} is not supported by the embedded cluster`);
  const content = answer(driver, facts);
  return sendJson(request, reply, { type, ...(content === undefined ? {} : { [type.toLowerCase()]: content }) });
}
