import { wireResources } from '../../resource-forms.js';
import type { MasterContext } from '../context.js';
import { registerAgent, takeAgentDown } from '../inputs/agents.js';
import { rescindOffers } from '../inputs/offers.js';
import { applySchedule, machineOf } from './agent-schedule.js';
import { rescindInverseOffers } from './inverse-offers.js';
import type { MachineId, MaintenanceWindow } from './machine-book.js';

/**
 * UPDATE_MAINTENANCE_SCHEDULE: offers of the agents concerned are rescinded and made anew with their unavailability, and who
 * uses them is asked to leave. Returns what is wrong, as the text of Mesos' 400 answer.
 */
export function updateSchedule(context: MasterContext, windows: readonly MaintenanceWindow[]): string | undefined {
  const problem = context.state.machines.reschedule(windows);
  if (problem !== undefined) return problem;
  for (const agent of context.state.agents.values()) {
    if (!applySchedule(context, agent)) continue;
    rescindOffers(context, agent);
    rescindInverseOffers(context, agent);
    context.ledger.offerAgain(agent);
  }
  return undefined;
}

/** START_MAINTENANCE: the machines are DOWN, with the agents on them. */
export function startMaintenance(
  context: MasterContext,
  machines: readonly MachineId[],
  nowMs: number,
): string | undefined {
  const problem = context.state.machines.bringDown(machines);
  if (problem !== undefined) return problem;
  for (const agent of [...context.state.agents.values()]) {
    if (machineOf(context.state, agent)?.mode === 'DOWN') takeAgentDown(context, agent, nowMs);
  }
  return undefined;
}

/** STOP_MAINTENANCE: the machines are UP, and their agents register again. */
export function stopMaintenance(
  context: MasterContext,
  machines: readonly MachineId[],
  nowMs: number,
): string | undefined {
  const problem = context.state.machines.bringUp(machines);
  if (problem !== undefined) return problem;
  for (const agent of [...context.state.downAgents.values()]) {
    if (machineOf(context.state, agent)?.mode === 'DOWN') continue;
    context.state.downAgents.delete(agent.id);
    const resources = wireResources(agent.total, { withRole: false });
    const { info, pid } = agent.registration;
    registerAgent(context, { info: { ...info, resources }, pid, frameworks: [], tasks: [] }, agent.port, nowMs);
  }
  return undefined;
}
