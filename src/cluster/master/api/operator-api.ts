import type { HttpReply, HttpRequest, HttpServer } from '../../../http/server.js';
import type { MasterDriver } from '../master-driver.js';
import { metricsSnapshot } from '../views/metrics.js';
import { getAgents, getFrameworks, getState, getTasks } from '../views/operator.js';
import { getRoles } from '../views/roles.js';
import type { MasterFacts } from '../views/summaries.js';
import { acceptsJson, contentTypeProblem, sendJson, sendMethodNotAllowed, sendText } from '../../http-answers.js';
import { message, MessageError, optional, readMessage, required } from './json-message.js';
import { systemFacts } from './system-facts.js';

/** mesos/v1/master/master.proto, `Call`: those answered here … */
const answers: Readonly<Record<string, (driver: MasterDriver, facts: MasterFacts) => object>> = {
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
  GET_STATE: ({ state }) => getState(state),
  GET_AGENTS: ({ state }) => getAgents(state),
  GET_FRAMEWORKS: ({ state }) => getFrameworks(state),
  GET_EXECUTORS: () => ({ executors: [] }),
  GET_TASKS: ({ state }) => getTasks(state),
  GET_ROLES: ({ state }) => getRoles(state),
  GET_MASTER: ({ state }) => ({
    master_info: state.info,
    start_time: state.startedAtMs / 1000,
    elected_time: state.startedAtMs / 1000,
  }),
};

/** … and those that are Mesos' but not ours. */
const unsupported = [
  ...['GET_LOGGING_LEVEL', 'SET_LOGGING_LEVEL', 'LIST_FILES', 'READ_FILE', 'GET_OPERATIONS', 'RESERVE_RESOURCES'],
  ...['UNRESERVE_RESOURCES', 'CREATE_VOLUMES', 'DESTROY_VOLUMES', 'GROW_VOLUME', 'SHRINK_VOLUME', 'GET_WEIGHTS'],
  ...['UPDATE_WEIGHTS', 'GET_MAINTENANCE_STATUS', 'GET_MAINTENANCE_SCHEDULE', 'UPDATE_MAINTENANCE_SCHEDULE'],
  ...['START_MAINTENANCE', 'STOP_MAINTENANCE', 'DRAIN_AGENT', 'DEACTIVATE_AGENT', 'REACTIVATE_AGENT', 'GET_QUOTA'],
  ...['UPDATE_QUOTA', 'SET_QUOTA', 'REMOVE_QUOTA', 'MARK_AGENT_GONE'],
];

const callRule = message({
  type: optional({ oneOf: ['SUBSCRIBE', 'TEARDOWN', ...Object.keys(answers), ...unsupported] }),
  teardown: optional(message({ framework_id: required(message({ value: required('string') })) })),
});

interface OperatorCall {
  readonly type?: string;
  readonly teardown?: { readonly framework_id: { readonly value: string } };
}

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
      return teardown(driver, reply, frameworkId);
    });
  }
}

function teardown(driver: MasterDriver, reply: HttpReply, frameworkId: string): HttpReply {
  if (!driver.state.frameworks.has(frameworkId)) return sendText(reply, 400, 'No framework found with specified ID');
  driver.input((master, nowMs) => master.removeFramework(frameworkId, nowMs));
  return reply.code(200).send();
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
  let call: OperatorCall;
  try {
    call = readMessage((request.body as string | undefined) ?? '', callRule, 'Call');
  } catch (error) {
    if (error instanceof MessageError) return sendText(reply, 400, error.message);
    throw error;
  }
  const { type } = call;
  if (type === undefined)
    return sendText(reply, 400, "Failed to validate master::Call: Expecting 'type' to be present");
  if (!acceptsJson(request)) {
    return sendText(reply, 406, "Expecting 'Accept' to allow 'application/json' or 'application/x-protobuf'");
  }
  if (type === 'SUBSCRIBE') {
    driver.subscribeOperator(reply);
    return reply;
  }
  if (type === 'TEARDOWN') {
    return call.teardown === undefined
      ? sendText(reply, 400, "Failed to validate master::Call: Expecting 'teardown' to be present")
      : teardown(driver, reply, call.teardown.framework_id.value);
  }
  const answer = answers[type];
  if (answer === undefined) return sendText(reply, 501, `${type} is not supported by the embedded cluster`);
  return sendJson(request, reply, { type, [type.toLowerCase()]: answer(driver, facts) });
}
