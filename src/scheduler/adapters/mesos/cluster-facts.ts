import type { Clock } from '../../../common/time.js';
import type { MasterAccess } from '../../../mesos/master-access.js';
import { requestMaster } from '../../../mesos/master-request.js';
import type { OperatorAgent, OperatorFramework, Resource, Unavailability } from '../../../mesos/types.js';
import { attributeText } from '../../core/match/attribute-text.js';
import type { AgentFacts, ClusterFacts, FrameworkFacts } from '../../ports/cluster-facts.js';
import { agentAddressOf } from './agent-address.js';
import { unavailabilityOf, withheldOf } from './agents.js';
import type { AgentsAnswer, MaintenanceSchedule, ScheduleAnswer } from './agents.js';
import { askMasters } from './ask-masters.js';
import { offerOf } from './offer.js';
import { resourceFactsOf } from './resource-facts.js';

/** For all masters together. */
const defaultTimeoutMs = 10_000;
/** An answer counts for so long: those who look at the same page ask for the same. */
const defaultFreshMs = 1_000;

interface FrameworksAnswer {
  readonly get_frameworks?: {
    readonly frameworks?: readonly (OperatorFramework & { readonly allocated_resources?: readonly Resource[] })[];
  };
}

/** The states of tasks that have not ended, as `/state-summary` counts them. */
const liveStates = ['TASK_STAGING', 'TASK_STARTING', 'TASK_RUNNING', 'TASK_KILLING'] as const;

type Counted = { readonly id: string } & Partial<Readonly<Record<(typeof liveStates)[number], number>>>;

/** `GET /state-summary`: the only short answer of a master that counts tasks. */
interface Summary {
  readonly slaves?: readonly Counted[];
  readonly frameworks?: readonly Counted[];
}

function liveTasks(counted: readonly Counted[] = []): ReadonlyMap<string, number> {
  return new Map(
    counted.map((one) => [one.id, liveStates.reduce((sum, state) => sum + (one[state] ?? 0), 0)] as const),
  );
}

const millisecondsOf = ({ nanoseconds }: { readonly nanoseconds: number }): number => Math.round(nanoseconds / 1e6);
const timeText = (ms: number): string => new Date(ms).toISOString();

/** Why nothing is launched on an agent while its machine is maintained; undefined before and after. */
function maintenanceText(unavailability: Unavailability | undefined, nowMs: number): string | undefined {
  if (unavailability === undefined) return undefined;
  const startMs = millisecondsOf(unavailability.start);
  const { duration } = unavailability;
  const endMs = duration === undefined ? Infinity : startMs + millisecondsOf(duration);
  if (nowMs < startMs || nowMs >= endMs) return undefined;
  const since = `it is under maintenance since ${timeText(startMs)}`;
  return endMs === Infinity ? `${since}, for good` : `${since}, until ${timeText(endMs)}`;
}

/** Attributes as constraints see them. */
function attributesOf(agent: OperatorAgent): Readonly<Record<string, string>> {
  const { id = { value: '' }, hostname, attributes = [] } = agent.agent_info;
  const offer = offerOf(
    { id: { value: '' }, framework_id: { value: '' }, agent_id: id, hostname, resources: [], attributes },
    '*',
  );
  return Object.fromEntries(Object.entries(offer.attributes).map(([name, value]) => [name, attributeText(value)]));
}

function agentFactsOf(
  agent: OperatorAgent,
  scheme: MasterAccess['scheme'],
  schedule: MaintenanceSchedule,
  tasks: ReadonlyMap<string, number>,
  nowMs: number,
): AgentFacts[] {
  const { agent_info: info, registered_time: registered } = agent;
  const address = agentAddressOf(agent, scheme);
  if (info.id === undefined || address === undefined) return [];
  const domain = info.domain?.fault_domain;
  return [
    {
      id: info.id.value,
      host: info.hostname,
      address,
      registeredAtMs: registered === undefined ? undefined : millisecondsOf(registered),
      total: resourceFactsOf(agent.total_resources),
      used: resourceFactsOf(agent.allocated_resources),
      attributes: attributesOf(agent),
      region: domain?.region.name,
      zone: domain?.zone.name,
      withheld: withheldOf(agent) ?? maintenanceText(unavailabilityOf(schedule, agent), nowMs),
      tasks: tasks.get(info.id.value) ?? 0,
    },
  ];
}

/** Those who ask while an answer is awaited, and a moment after it, get the same one. */
function shared<Answer>(freshMs: number, clock: Clock, ask: () => Promise<Answer>): () => Promise<Answer> {
  let known: { readonly answer: Promise<Answer>; untilMs: number } | undefined;
  return () => {
    if (known !== undefined && clock() < known.untilMs) return known.answer;
    const asked = { answer: ask(), untilMs: Infinity };
    known = asked;
    asked.answer.then(
      () => (asked.untilMs = clock() + freshMs),
      () => (asked.untilMs = 0),
    );
    return asked.answer;
  };
}

/**
 * Asks the leading master: GET_AGENTS, GET_MAINTENANCE_SCHEDULE and GET_FRAMEWORKS of its operator API (v1), and `/state-summary` for the
 * numbers of tasks. `masters` stays the caller's. All masters together have `timeoutMs` (default 10 s); an answer counts for `freshMs`
 * (default 1 s).
 */
export function createClusterFacts(
  masters: MasterAccess,
  {
    clock,
    timeoutMs = defaultTimeoutMs,
    freshMs = defaultFreshMs,
  }: { readonly clock: Clock; readonly timeoutMs?: number; readonly freshMs?: number },
): ClusterFacts {
  const { scheme } = masters;
  const ask = async (type: string, authority: string, signal: AbortSignal): Promise<unknown> =>
    (await requestMaster(masters, { authority, path: '/api/v1', call: { type }, signal })).body;
  const summary = async (authority: string, signal: AbortSignal): Promise<Summary> =>
    (await requestMaster(masters, { authority, path: '/state-summary', signal })).body as Summary;

  return {
    agents: shared(freshMs, clock, () =>
      askMasters(masters.source, timeoutMs, 'told of its agents', async (authority, signal) => {
        const [agents, maintenance, { slaves }] = await Promise.all([
          ask('GET_AGENTS', authority, signal) as Promise<AgentsAnswer>,
          ask('GET_MAINTENANCE_SCHEDULE', authority, signal) as Promise<ScheduleAnswer>,
          summary(authority, signal),
        ]);
        const schedule = maintenance.get_maintenance_schedule?.schedule ?? {};
        const tasks = liveTasks(slaves);
        const nowMs = clock();
        return (agents.get_agents?.agents ?? []).flatMap((agent) =>
          agentFactsOf(agent, scheme, schedule, tasks, nowMs),
        );
      }),
    ),
    frameworks: shared(freshMs, clock, () =>
      askMasters(masters.source, timeoutMs, 'told of its frameworks', async (authority, signal) => {
        const [answer, { frameworks }] = await Promise.all([
          ask('GET_FRAMEWORKS', authority, signal) as Promise<FrameworksAnswer>,
          summary(authority, signal),
        ]);
        const tasks = liveTasks(frameworks);
        return (answer.get_frameworks?.frameworks ?? []).map((framework): FrameworkFacts => {
          const { framework_info: info, active, connected } = framework;
          const id = info.id?.value ?? '';
          return {
            id,
            name: info.name,
            roles: info.roles ?? [info.role ?? '*'],
            active,
            connected,
            webuiUrl: info.webui_url === '' ? undefined : info.webui_url,
            tasks: tasks.get(id) ?? 0,
            used: resourceFactsOf(framework.allocated_resources),
          };
        });
      }),
    ),
  };
}
