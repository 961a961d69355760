import type { HttpReply, HttpRequest, HttpServer } from '../../../http/server.js';
import { sendJson, sendMethodNotAllowed, sendText } from '../../http-answers.js';
import type { MachineId, MaintenanceWindow } from '../maintenance/machine-book.js';
import type { MasterDriver } from '../master-driver.js';
import { maintenanceSchedule, maintenanceStatus } from '../views/maintenance.js';
import { MessageError, list, message, optional, readMessage } from './json-message.js';
import { sendChange } from './operator-api.js';
import { scheduleRule } from './operator-call.js';

const machinesRule = message({
  machines: list(message({ hostname: optional('string'), ip: optional('string') })),
});

const bodyOf = (request: HttpRequest): string => (request.body as string | undefined) ?? '';

/** A JSON array of MachineID. Throws MessageError. */
function readMachines(body: string): readonly MachineId[] {
  let given: unknown;
  try {
    given = JSON.parse(body);
  } catch (error) {
    throw new MessageError(`Failed to parse body into JSON: ${(error as Error).message}`);
  }
  const read = readMessage(JSON.stringify({ machines: given }), machinesRule, 'MachineIDs');
  return (read as { readonly machines: readonly MachineId[] }).machines;
}

/** The older endpoints of maintenance: `/maintenance/schedule`, `/maintenance/status`, `/machine/down`, `/machine/up`. */
export function maintenanceEndpoints(server: HttpServer, driver: MasterDriver): void {
  type Answer = (request: HttpRequest, reply: HttpReply) => Promise<HttpReply> | HttpReply;

  const route = (path: string, answers: Readonly<Record<string, Answer>>): void => {
    for (const url of [path, `/master${path}`]) {
      server.all(url, async (request, reply) => {
        const answer = answers[request.method];
        if (answer === undefined) return sendMethodNotAllowed(reply, Object.keys(answers), request.method);
        if (!driver.ready) return sendText(reply, 503, 'Master has not finished recovery');
        try {
          return await answer(request, reply);
        } catch (error) {
          if (error instanceof MessageError) return sendText(reply, 400, error.message);
          throw error;
        }
      });
    }
  };
  const machines =
    (type: 'START_MAINTENANCE' | 'STOP_MAINTENANCE'): Answer =>
    (request, reply) =>
      sendChange(driver, reply, { type, content: { machines: readMachines(bodyOf(request)) } });

  route('/maintenance/schedule', {
    GET: (request, reply) => sendJson(request, reply, maintenanceSchedule(driver.state)),
    POST: (request, reply) => {
      const schedule = readMessage(bodyOf(request), scheduleRule, 'Schedule') as unknown as {
        readonly windows: readonly MaintenanceWindow[];
      };
      return sendChange(driver, reply, { type: 'UPDATE_MAINTENANCE_SCHEDULE', content: { schedule } });
    },
  });
  route('/maintenance/status', {
    GET: (request, reply) => sendJson(request, reply, maintenanceStatus(driver.state)),
  });
  route('/machine/down', { POST: machines('START_MAINTENANCE') });
  route('/machine/up', { POST: machines('STOP_MAINTENANCE') });
}
