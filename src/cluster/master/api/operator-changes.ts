import { parseQuota, QuotaError } from '../quotas.js';
import type { Quota } from '../quotas.js';
import type { Master } from '../master.js';
import type { MasterDriver } from '../master-driver.js';
import type { Agent } from '../state.js';
import type { ResourceOperation } from '../../resource-operations.js';
import type { OperatorChange } from './operator-call.js';

/** What an operator is answered. */
export interface ChangeAnswer {
  readonly status: number;
  readonly text?: string;
}

const done: ChangeAnswer = { status: 200 };
const refused = (text: string | undefined, otherwise: ChangeAnswer = done): ChangeAnswer =>
  text === undefined ? otherwise : { status: 400, text };

/** Carries out a call of the operator API that changes something. */
export async function changeAsOperator(driver: MasterDriver, change: OperatorChange): Promise<ChangeAnswer> {
  const answer = await driver.ask((master, nowMs) => carryOut(master, change, nowMs));
  return answer ?? { status: 503, text: 'The master is stopping' };
}

function onAgent(master: Master, id: string, order: (agent: Agent) => ChangeAnswer): ChangeAnswer {
  const agent = master.state.agents.get(id);
  return agent === undefined ? { status: 400, text: `No agent found with specified ID: ${id}` } : order(agent);
}

function operate(master: Master, agentId: string, operation: ResourceOperation, nowMs: number): ChangeAnswer {
  return onAgent(master, agentId, (agent) => master.operateResources(agent, operation, nowMs) ?? { status: 202 });
}

function operationOf(
  change: Extract<OperatorChange, { content: { resources: unknown } | { volumes: unknown } }>,
): ResourceOperation {
  switch (change.type) {
    case 'RESERVE_RESOURCES':
      return { type: 'RESERVE', reserve: { resources: change.content.resources } };
    case 'UNRESERVE_RESOURCES':
      return { type: 'UNRESERVE', unreserve: { resources: change.content.resources } };
    case 'CREATE_VOLUMES':
      return { type: 'CREATE', create: { volumes: change.content.volumes } };
    case 'DESTROY_VOLUMES':
      return { type: 'DESTROY', destroy: { volumes: change.content.volumes } };
  }
}

function carryOut(master: Master, change: OperatorChange, nowMs: number): ChangeAnswer {
  switch (change.type) {
    case 'TEARDOWN': {
      const { value } = change.content.framework_id;
      if (!master.state.frameworks.has(value)) return refused('No framework found with specified ID');
      master.removeFramework(value, nowMs);
      return done;
    }
    case 'RESERVE_RESOURCES':
    case 'UNRESERVE_RESOURCES':
    case 'CREATE_VOLUMES':
    case 'DESTROY_VOLUMES':
      return operate(master, change.content.agent_id.value, operationOf(change), nowMs);
    case 'UPDATE_MAINTENANCE_SCHEDULE':
      return refused(master.updateSchedule(change.content.schedule.windows, nowMs));
    case 'START_MAINTENANCE':
      return refused(master.startMaintenance(change.content.machines, nowMs));
    case 'STOP_MAINTENANCE':
      return refused(master.stopMaintenance(change.content.machines, nowMs));
    case 'DRAIN_AGENT': {
      const { agent_id, max_grace_period: period, mark_gone: markGone = false } = change.content;
      const maxGraceNanoseconds = period === undefined ? undefined : (period.seconds ?? 0) * 1e9 + (period.nanos ?? 0);
      if ((maxGraceNanoseconds ?? 0) < 0) return refused("Expecting 'max_grace_period' to be non-negative");
      return onAgent(master, agent_id.value, (agent) => {
        master.drainAgent(agent, { maxGraceNanoseconds, markGone }, nowMs);
        return done;
      });
    }
    case 'DEACTIVATE_AGENT':
      return onAgent(master, change.content.agent_id.value, (agent) => {
        master.deactivateAgent(agent, nowMs);
        return done;
      });
    case 'REACTIVATE_AGENT':
      return onAgent(master, change.content.agent_id.value, (agent) => {
        if (agent.drain?.state === 'DRAINING') return refused(`Agent ${agent.id} is still in the DRAINING state`);
        master.reactivateAgent(agent, nowMs);
        return done;
      });
    case 'MARK_AGENT_GONE': {
      const { value } = change.content.agent_id;
      const { agents, unreachableAgents, goneAgents } = master.state;
      if (goneAgents.has(value)) return done;
      if (!agents.has(value) && !unreachableAgents.has(value))
        return { status: 404, text: `Agent ${value} is unknown` };
      master.markAgentGone(value, nowMs);
      return done;
    }
    case 'UPDATE_WEIGHTS': {
      const weights = new Map<string, number>();
      for (const { role = '*', weight } of change.content.weight_infos) {
        if (!(weight > 0)) return refused(`Invalid weight '${weight}' for role '${role}': Weights must be positive`);
        weights.set(role, weight);
      }
      master.updateWeights(weights);
      return done;
    }
    case 'UPDATE_QUOTA':
      return updateQuota(master, change, nowMs);
  }
}

function updateQuota(
  master: Master,
  { content }: Extract<OperatorChange, { type: 'UPDATE_QUOTA' }>,
  nowMs: number,
): ChangeAnswer {
  const quotas = new Map<string, Quota>();
  try {
    for (const { role, guarantees, limits } of content.quota_configs) {
      quotas.set(role, parseQuota(role, guarantees, limits));
    }
  } catch (error) {
    if (error instanceof QuotaError) return refused(error.message);
    throw error;
  }
  master.updateQuotas(quotas, nowMs);
  return done;
}
