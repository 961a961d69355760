import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '../../../../src/common/logger.js';
import type { AgentPort, AgentRegistration, AgentUpdate, ExecutorEnd } from '../../../../src/cluster/agent-port.js';
import { createProcessAgent } from '../../../../src/cluster/agent/create-process-agent.js';
import type { ProcessAgentTuning } from '../../../../src/cluster/agent/create-process-agent.js';
import type { ClusterOptions } from '../../../../src/cluster/options.js';
import type { HttpServer } from '../../../../src/http/server.js';
import type { CommandInfo, TaskInfo, TaskState, TaskStatus } from '../../../../src/mesos/types.js';
import { isTerminal } from '../../../../src/mesos/types.js';
import { waitFor } from '../../../support/wait.js';

export const framework = {
  id: { value: 'f-0000' },
  user: '',
  name: 'test',
  checkpoint: true,
  capabilities: [{ type: 'TASK_KILLING_STATE' }],
};

export function newWorkDir(): string {
  return mkdtempSync(join(tmpdir(), 'ekiden-agent-'));
}

export function agentOptions(workDir: string, more: Partial<ClusterOptions> = {}): ClusterOptions {
  return {
    host: '127.0.0.1',
    masterPort: 5050,
    agentPort: 5051,
    workDir,
    resources: 'cpus:8;mem:1024;disk:1024;ports:[31000-31999]',
    attributes: '',
    hostname: 'agent.test',
    ...more,
  };
}

/** A started agent and everything it said. */
export interface RunningAgent {
  readonly agent: AgentPort & { routes(server: HttpServer): void };
  readonly registration: AgentRegistration;
  readonly updates: AgentUpdate[];
  launch(id: string, command: CommandInfo, more?: Partial<TaskInfo>): void;
  kill(id: string, graceMs?: number): boolean;
  statesOf(id: string): readonly TaskState[];
  /** Waits until the task has been said to be in this state. */
  status(id: string, state: TaskState): Promise<TaskStatus>;
  /** Waits for the last status of the task. */
  end(id: string): Promise<TaskStatus>;
  log(id: string, name: 'stdout' | 'stderr'): string;
  readonly sandboxes: string;
}

export async function runAgent(
  workDir: string,
  options: {
    acknowledge?: boolean;
    tuning?: Partial<ProcessAgentTuning>;
    flags?: Partial<ClusterOptions>;
    onExecutorEnd?: (end: ExecutorEnd) => void;
  } = {},
): Promise<RunningAgent> {
  const agent = await createProcessAgent(
    agentOptions(workDir, options.flags),
    { logger: silentLogger, fatal: () => undefined },
    options.tuning,
  );
  const updates: AgentUpdate[] = [];
  const registration = await agent.start((update) => {
    updates.push(update);
    const { uuid } = update.status;
    if (options.acknowledge !== false && uuid !== undefined) {
      agent.acknowledge(update.frameworkId, update.status.task_id.value, uuid);
    }
  }, options.onExecutorEnd);
  const sandboxes = join(
    workDir,
    'cluster/agent/slaves',
    registration.info.id.value,
    'frameworks',
    framework.id.value,
    'executors',
  );
  const of = (id: string): TaskStatus[] => updates.map((u) => u.status).filter((s) => s.task_id.value === id);
  return {
    agent,
    registration,
    updates,
    sandboxes,
    launch(id, command, more = {}) {
      agent.launch(framework, {
        name: id,
        task_id: { value: id },
        agent_id: registration.info.id,
        resources: [{ name: 'cpus', type: 'SCALAR', scalar: { value: 0.1 }, allocation_info: { role: '*' } }],
        command,
        ...more,
      });
    },
    kill: (id, graceMs) =>
      agent.kill(
        framework.id.value,
        id,
        graceMs === undefined ? undefined : { grace_period: { nanoseconds: graceMs * 1e6 } },
      ),
    statesOf: (id) => of(id).map((s) => s.state),
    status: (id, state) => waitFor(`${id} to be ${state}`, () => of(id).find((s) => s.state === state), { everyMs: 5 }),
    end: (id) => waitFor(`the end of ${id}`, () => of(id).find((s) => isTerminal(s.state)), { everyMs: 5 }),
    log: (id, name) => readFileSync(join(sandboxes, id, 'runs/latest', name), 'utf8'),
  };
}

/** Whether a process with this pid is there and not a zombie. */
export function isAlive(pid: number): boolean {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return text[text.lastIndexOf(')') + 2] !== 'Z';
  } catch {
    return false;
  }
}
