import type { MasterAccess } from '../../../mesos/master-access.js';
import { requestMaster } from '../../../mesos/master-request.js';
import type { OperatorAgent, OperatorState, Unavailability } from '../../../mesos/types.js';
import type { FreeAgent } from '../../core/plan/free-agent.js';
import type { ClusterAgents } from '../../ports/agents.js';
import { askMasters } from './ask-masters.js';
import { freeResources } from './free-resources.js';
import { offerOf } from './offer.js';

/** For all masters together. */
const defaultTimeoutMs = 5_000;

/** `maintenance::Schedule` */
export interface MaintenanceSchedule {
  readonly windows?: readonly {
    readonly machine_ids: readonly { readonly hostname?: string; readonly ip?: string }[];
    readonly unavailability: Unavailability;
  }[];
}

/** The answer to GET_AGENTS. */
export interface AgentsAnswer {
  readonly get_agents?: OperatorState['get_agents'];
}

/** The answer to GET_MAINTENANCE_SCHEDULE. */
export interface ScheduleAnswer {
  readonly get_maintenance_schedule?: { readonly schedule?: MaintenanceSchedule };
}

/** The address in `slave(1)@10.0.0.1:5051`. */
function ipOf(pid: string | undefined): string | undefined {
  return pid === undefined ? undefined : /@(.*):\d+$/.exec(pid)?.[1];
}

/** When the agent is under maintenance. A machine is known by its name, its address or both. */
export function unavailabilityOf(schedule: MaintenanceSchedule, agent: OperatorAgent): Unavailability | undefined {
  const ip = ipOf(agent.pid);
  const hostname = agent.agent_info.hostname.toLowerCase();
  const isMachine = (machine: { readonly hostname?: string; readonly ip?: string }): boolean =>
    (machine.hostname ?? '').toLowerCase() === hostname && (machine.ip === undefined || machine.ip === ip);
  return schedule.windows?.find((window) => window.machine_ids.some(isMachine))?.unavailability;
}

/** Why nothing of an agent is offered. */
export function withheldOf({ active, deactivated, drain_info: drain }: OperatorAgent): string | undefined {
  if (drain !== undefined) return 'it is being drained';
  if (deactivated === true) return 'it is deactivated';
  return active ? undefined : 'it is not connected';
}

function freeAgentOf(agent: OperatorAgent, schedule: MaintenanceSchedule, frameworkRole: string): FreeAgent[] {
  const { agent_info: info, total_resources: total = [], allocated_resources: allocated = [] } = agent;
  if (info.id === undefined) return [];
  const unavailability = unavailabilityOf(schedule, agent);
  const withheld = withheldOf(agent);
  const offer = offerOf(
    {
      id: { value: '' },
      framework_id: { value: '' },
      agent_id: info.id,
      hostname: info.hostname,
      resources: freeResources(total, allocated),
      ...(info.attributes === undefined ? {} : { attributes: info.attributes }),
      ...(info.domain === undefined ? {} : { domain: info.domain }),
      ...(unavailability === undefined ? {} : { unavailability }),
    },
    frameworkRole,
  );
  return [{ offer, ...(withheld === undefined ? {} : { withheld }) }];
}

/**
 * Asks the master's operator API (v1) for its agents; those who ask while an answer is awaited get the same one. `frameworkRole`: what
 * offers are made to. `masters` stays the caller's. All of them together have `timeoutMs` (default 5 s).
 */
export function createMesosAgents(
  masters: MasterAccess,
  frameworkRole: string,
  { timeoutMs = defaultTimeoutMs }: { readonly timeoutMs?: number } = {},
): ClusterAgents {
  let underWay: Promise<readonly FreeAgent[]> | undefined;

  async function ask(authority: string, signal: AbortSignal): Promise<readonly FreeAgent[]> {
    const request = async (type: string): Promise<unknown> =>
      (await requestMaster(masters, { authority, path: '/api/v1', call: { type }, signal })).body;
    const [agents, maintenance] = await Promise.all([request('GET_AGENTS'), request('GET_MAINTENANCE_SCHEDULE')]);
    const schedule = (maintenance as ScheduleAnswer).get_maintenance_schedule?.schedule ?? {};
    return ((agents as AgentsAnswer).get_agents?.agents ?? []).flatMap((agent) =>
      freeAgentOf(agent, schedule, frameworkRole),
    );
  }

  return {
    list() {
      underWay ??= askMasters(masters.source, timeoutMs, 'told of its agents', ask).finally(
        () => (underWay = undefined),
      );
      return underWay;
    },
  };
}
