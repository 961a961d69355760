import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { encodeRecord } from '../../src/mesos/recordio.js';
import type { OperatorAgent, OperatorEvent, OperatorFramework, Task, TaskState } from '../../src/mesos/types.js';

export interface FakeTask {
  readonly id: string;
  readonly name: string;
  readonly agentId?: string;
  readonly state?: TaskState;
  readonly ip?: string;
  readonly ports?: readonly number[];
  readonly discovery?: Task['discovery'];
}

/** A Mesos master as the name server sees it: SUBSCRIBE and GET_MASTER of the operator API, and `/master/state`. */
export interface FakeMaster {
  /** `127.0.0.1:port` */
  readonly authority: string;
  /** Answers of the operator API: `ok`, or an HTTP status, or a redirect to another master. */
  api: 'ok' | number | { readonly redirect: string };
  /** The id of the master process; a new one is a new leadership. */
  id: string;
  heartbeatSeconds: number;
  /** Agents told as recovered, that is not registered again yet. */
  recoveredAgents: readonly string[];
  /** How often each was asked. */
  readonly asked: { subscribe: number; state: number };
  /** Sends a heartbeat to all streams: it does not by itself but at their start. */
  beat(): void;
  addAgent(id: string, ip: string): void;
  removeAgent(id: string): void;
  addFramework(id: string, name: string, hostname?: string): void;
  /** Adds a task of framework `F1` on agent `S1`, TASK_RUNNING, unless said otherwise. */
  addTask(task: FakeTask, frameworkId?: string): void;
  updateTask(id: string, state: TaskState): void;
  /** Forgets the whole cluster without telling, as a newly elected master has. */
  forget(): void;
  /** Changes the cluster without sending an event. */
  silently(change: () => void): void;
  send(event: OperatorEvent): void;
  sendRaw(bytes: Buffer): void;
  /** Breaks all streams. */
  disconnect(): void;
  stop(): Promise<void>;
}

export async function startFakeMaster(port = 0): Promise<FakeMaster> {
  const agents = new Map<string, OperatorAgent>();
  const frameworks = new Map<string, OperatorFramework>();
  const tasks = new Map<string, Task>();
  const streams = new Set<ServerResponse>();
  let silent = false;
  let seconds = 1_700_000_000;

  const server = createServer((request, response) => void answer(request, response));

  function send(event: OperatorEvent): void {
    if (!silent) for (const stream of streams) stream.write(encodeRecord(event));
  }

  function json(response: ServerResponse, body: unknown): void {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(body));
  }

  function subscribe(response: ServerResponse): void {
    master.asked.subscribe++;
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write(
      encodeRecord({
        type: 'SUBSCRIBED',
        subscribed: {
          get_state: {
            get_tasks: { tasks: [...tasks.values()] },
            get_frameworks: { frameworks: [...frameworks.values()] },
            get_agents: {
              agents: [...agents.values()],
              recovered_agents: master.recoveredAgents.map((id) => ({ hostname: 'h', id: { value: id } })),
            },
          },
          heartbeat_interval_seconds: master.heartbeatSeconds,
        },
      } satisfies OperatorEvent),
    );
    response.write(encodeRecord({ type: 'HEARTBEAT' }));
    streams.add(response);
    response.on('close', () => streams.delete(response));
  }

  function state(): object {
    master.asked.state++;
    return {
      id: master.id,
      leader: `master@${master.authority}`,
      slaves: [...agents.values()].map(({ agent_info: { id, hostname }, pid }) => ({ id: id?.value, pid, hostname })),
      recovered_slaves: master.recoveredAgents.map((id) => ({ id })),
      frameworks: [...frameworks.values()].map(({ framework_info: f }) => ({
        id: f.id?.value,
        name: f.name,
        hostname: f.hostname,
        tasks: [...tasks.values()]
          .filter((task) => task.framework_id.value === f.id?.value)
          .map((task) => ({
            id: task.task_id.value,
            name: task.name,
            slave_id: task.agent_id.value,
            state: task.state,
            resources: {
              ports: `[${task.resources
                .flatMap((r) => r.ranges?.range ?? [])
                .map((r) => `${r.begin}-${r.end}`)
                .join(', ')}]`,
            },
            statuses: task.statuses,
            discovery: task.discovery,
          })),
      })),
    };
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    if (typeof master.api === 'object') {
      response.writeHead(307, { location: `//${master.api.redirect}${request.url}` }).end();
      return;
    }
    if (request.url === '/master/state') {
      json(response, state());
      return;
    }
    if (master.api !== 'ok') {
      response.writeHead(master.api).end('no');
      return;
    }
    const call = JSON.parse(body) as { type: string };
    if (call.type === 'SUBSCRIBE') {
      subscribe(response);
    } else if (call.type === 'GET_MASTER') {
      const [ip, portText] = master.authority.split(':');
      json(response, {
        type: 'GET_MASTER',
        get_master: { master_info: { id: master.id, ip: 0, port: 0, address: { ip, port: Number(portText) } } },
      });
    } else {
      response.writeHead(400).end();
    }
  }

  function runningStatus(id: string, state: TaskState, ip: string | undefined, agentId: string) {
    return {
      task_id: { value: id },
      agent_id: { value: agentId },
      state,
      timestamp: seconds++,
      ...(ip === undefined
        ? {}
        : { container_status: { network_infos: [{ ip_addresses: [{ protocol: 'IPv4' as const, ip_address: ip }] }] } }),
    };
  }

  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const master: FakeMaster = {
    authority: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    api: 'ok',
    id: 'master-1',
    heartbeatSeconds: 15,
    recoveredAgents: [],
    asked: { subscribe: 0, state: 0 },
    beat: () => send({ type: 'HEARTBEAT' }),
    addAgent(id, ip) {
      const agent: OperatorAgent = {
        agent_info: { hostname: ip, port: 5051, id: { value: id } },
        active: true,
        version: '1.11.0',
        pid: `slave(1)@${ip}:5051`,
      };
      agents.set(id, agent);
      send({ type: 'AGENT_ADDED', agent_added: { agent } });
    },
    removeAgent(id) {
      agents.delete(id);
      send({ type: 'AGENT_REMOVED', agent_removed: { agent_id: { value: id } } });
    },
    addFramework(id, name, hostname = '127.0.0.1') {
      const framework: OperatorFramework = {
        framework_info: { user: 'root', name, id: { value: id }, hostname },
        active: true,
        connected: true,
        recovered: false,
      };
      frameworks.set(id, framework);
      send({ type: 'FRAMEWORK_ADDED', framework_added: { framework } });
    },
    addTask({ id, name, agentId = 'S1', state = 'TASK_RUNNING', ip, ports = [], discovery }, frameworkId = 'F1') {
      const task: Task = {
        name,
        task_id: { value: id },
        framework_id: { value: frameworkId },
        agent_id: { value: agentId },
        state,
        resources: [
          {
            name: 'ports',
            type: 'RANGES',
            ranges: { range: ports.map((p) => ({ begin: p, end: p })) },
          },
        ],
        statuses: [runningStatus(id, state, ip, agentId)],
        ...(discovery === undefined ? {} : { discovery }),
      };
      tasks.set(id, task);
      send({ type: 'TASK_ADDED', task_added: { task } });
    },
    updateTask(id, state) {
      const task = tasks.get(id);
      if (task === undefined) throw new Error(`no task ${id}`);
      const status = runningStatus(id, state, undefined, task.agent_id.value);
      const last = task.statuses?.at(-1)?.container_status;
      const full = last === undefined ? status : { ...status, container_status: last };
      tasks.set(id, { ...task, state, statuses: [...(task.statuses ?? []), full] });
      send({ type: 'TASK_UPDATED', task_updated: { framework_id: task.framework_id, status: full, state } });
    },
    forget() {
      agents.clear();
      frameworks.clear();
      tasks.clear();
    },
    silently(change) {
      silent = true;
      change();
      silent = false;
    },
    send,
    sendRaw(bytes) {
      for (const stream of streams) stream.write(bytes);
    },
    disconnect() {
      for (const stream of streams) stream.destroy();
    },
    async stop() {
      for (const stream of streams) stream.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return master;
}
