import type { Agent } from '../../api/cluster.js';

/** The resources that are amounts. */
export const scalarNames = ['cpus', 'mem', 'disk', 'gpus'] as const;
export type ScalarName = (typeof scalarNames)[number];
export type Scalars = Readonly<Record<ScalarName, number>>;

export interface ClusterTotals {
  readonly total: Scalars;
  readonly used: Scalars;
  /** Of apps and pods of this scheduler. */
  readonly tasks: number;
  readonly otherTasks: number;
  /** Agents of which nothing is offered. */
  readonly withheld: number;
}

function sumOf(agents: readonly Agent[], of: 'total' | 'used'): Scalars {
  const sum = { cpus: 0, mem: 0, disk: 0, gpus: 0 };
  for (const agent of agents) for (const name of scalarNames) sum[name] += agent[of][name];
  return sum;
}

/** What all agents have and use together. */
export function totalsOf(agents: readonly Agent[]): ClusterTotals {
  return {
    total: sumOf(agents, 'total'),
    used: sumOf(agents, 'used'),
    tasks: agents.reduce((sum, { taskCount }) => sum + taskCount, 0),
    otherTasks: agents.reduce((sum, { otherTasks }) => sum + otherTasks, 0),
    withheld: agents.filter(({ withheld }) => withheld !== null).length,
  };
}

/** Ranges of ports as Mesos writes them, `[31000-31000, 31005-31010]`, as people do: `31000, 31005-31010`; `none` where there are none. */
export function portsText(ranges: string): string {
  const text = ranges.replace(/^\[|\]$/g, '').replace(/\b(\d+)-\1\b/g, '$1');
  return text === '' ? 'none' : text;
}

/** Whether all words of `text` are somewhere in what is known of an agent: host, id, attributes, place, apps on it. */
export function isFound(agent: Agent, text: string): boolean {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const { host, id, address, attributes, region, zone, tasks } = agent;
  const pairs = Object.entries(attributes).map(([name, value]) => `${name}:${value}`);
  const known = [host, id, address, region ?? '', zone ?? '', ...pairs, ...tasks.map(({ app }) => app)];
  const all = known.join('\n').toLowerCase();
  return words.every((word) => all.includes(word));
}

export const agentOrders = ['host', 'cpus', 'mem', 'disk', 'tasks'] as const;
export type AgentOrder = (typeof agentOrders)[number];

function share({ total, used }: Agent, name: ScalarName): number {
  return total[name] === 0 ? 0 : used[name] / total[name];
}

/** Agents in an order: by host, or the fullest first. */
export function sortedAgents(agents: readonly Agent[], order: AgentOrder): readonly Agent[] {
  const byHost = (a: Agent, b: Agent): number => a.host.localeCompare(b.host, undefined, { numeric: true });
  const weight = (agent: Agent): number =>
    order === 'host' ? 0 : order === 'tasks' ? agent.taskCount + agent.otherTasks : share(agent, order);
  return [...agents].sort((a, b) => weight(b) - weight(a) || byHost(a, b) || a.id.localeCompare(b.id));
}
