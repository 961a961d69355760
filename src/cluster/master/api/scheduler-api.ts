import type { HttpReply, HttpRequest, HttpServer } from '../../../http/server.js';
import type { MasterDriver } from '../master-driver.js';
import { acceptsJson, contentTypeProblem, sendMethodNotAllowed, sendText } from '../../http-answers.js';
import { MessageError } from './json-message.js';
import type { SchedulerRequest } from './scheduler-call.js';
import { readSchedulerCall } from './scheduler-call.js';

/**
 * The v1 scheduler API (docs/scheduler-http-api.md of Mesos): SUBSCRIBE answers with a stream, UPDATE_FRAMEWORK with 200 when it
 * has taken effect, every other call with 202.
 * Checks are made in the order in which Mesos makes them, so that a request with several faults gets the same answer.
 */
export function schedulerApi(server: HttpServer, driver: MasterDriver): void {
  for (const path of ['/api/v1/scheduler', '/master/api/v1/scheduler']) {
    server.all(path, (request, reply) => handle(driver, request, reply));
  }
}

async function handle(driver: MasterDriver, request: HttpRequest, reply: HttpReply): Promise<HttpReply> {
  if (!driver.ready) return sendText(reply, 503, 'Master has not finished recovery');
  if (request.method !== 'POST') return sendMethodNotAllowed(reply, ['POST'], request.method);
  const problem = contentTypeProblem(request);
  if (problem !== undefined) return sendText(reply, problem.status, problem.text);
  let call: SchedulerRequest;
  try {
    call = readSchedulerCall((request.body as string | undefined) ?? '');
  } catch (error) {
    if (error instanceof MessageError) return sendText(reply, 400, error.message);
    throw error;
  }
  const streamId = request.headers['mesos-stream-id'];
  if (call.kind === 'subscribe') {
    if (!acceptsJson(request)) {
      return sendText(reply, 406, "Expecting 'Accept' to allow 'application/x-protobuf' or 'application/json'");
    }
    if (streamId !== undefined) {
      return sendText(reply, 400, "Subscribe calls should not include the 'Mesos-Stream-Id' header");
    }
    driver.subscribe(reply, call.info, call.options);
    return reply;
  }
  const framework = driver.state.frameworks.get(call.frameworkId);
  if (framework === undefined) return sendText(reply, 400, 'Framework cannot be found');
  if (framework.streamId === undefined) return sendText(reply, 403, 'Framework is not subscribed');
  if (streamId === undefined) {
    return sendText(reply, 400, "All non-subscribe calls should include the 'Mesos-Stream-Id' header");
  }
  if (streamId !== framework.streamId) {
    return sendText(
      reply,
      400,
      `The stream ID '${String(streamId)}' included in this request didn't match the stream ID currently associated ` +
        `with framework ID ${framework.id}`,
    );
  }
  if (call.kind === 'unsupported') {
    return sendText(reply, 501, `${call.what} is not supported by the embedded cluster`);
  }
  if (call.kind === 'update') {
    const { info, options } = call;
    const refused = await driver.ask((master, nowMs) => master.updateFramework(framework, info, options, nowMs));
    return refused === undefined ? reply.code(200).send() : sendText(reply, 400, refused);
  }
  const { call: content } = call;
  driver.input((master, nowMs) => master.call(framework, content, nowMs));
  return reply.code(202).send();
}
