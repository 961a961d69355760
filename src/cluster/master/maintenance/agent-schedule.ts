import type { MasterContext } from '../context.js';
import { agentUrl } from '../ledger.js';
import type { Agent, MasterState } from '../state.js';
import type { Machine } from './machine-book.js';

/** The machine of an agent, if the schedule names it. */
export function machineOf({ machines }: MasterState, agent: Agent): Machine | undefined {
  const { hostname, ip } = agentUrl(agent.registration).address;
  return machines.find(hostname, ip);
}

/** Takes over for one agent what the schedule says of its machine; true when that is something new. */
export function applySchedule(context: MasterContext, agent: Agent): boolean {
  const { maintenance } = agent;
  const unavailability = machineOf(context.state, agent)?.unavailability;
  if (JSON.stringify(unavailability) === JSON.stringify(maintenance.unavailability)) return false;
  maintenance.unavailability = unavailability;
  maintenance.statuses.clear();
  for (const frameworkId of maintenance.restUntilMs.keys()) {
    context.setAlarm(['ask for maintenance', frameworkId, agent.id], undefined);
  }
  maintenance.restUntilMs.clear();
  if (unavailability === undefined) context.scheduledAgents.delete(agent.id);
  else context.scheduledAgents.add(agent.id);
  return true;
}
