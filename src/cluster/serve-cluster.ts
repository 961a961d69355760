import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RoleContext, RoleHandle, StopScope } from '../common/role.js';
import type { HttpServer } from '../http/server.js';
import { createHttpServer, listen } from '../http/server.js';
import type { MasterInfo } from '../mesos/types.js';
import type { AgentPort, AgentRegistration } from './agent-port.js';
import type { Standing } from './master/api/standing.js';
import { MasterDriver, maxOperatorSubscribers } from './master/master-driver.js';
import { masterInfo } from './master/master-info.js';
import { createMasterServer } from './master/master-server.js';
import { maxCompletedFrameworks, maxCompletedTasksPerFramework } from './master/state.js';
import { parseDomainFlag, parseQuotaFlag, parseWeightsFlag } from './parse-cluster-flags.js';
import { formatServer } from '../zookeeper/address.js';
import { versionInfo } from './version.js';
import type { ClusterOptions } from './options.js';

/** What simulated agents have the master do to them. */
export interface AgentControl {
  /** It stops answering. */
  unreachable(agentId: string): void;
  /** It unregisters. */
  removed(agentId: string): void;
  /** It registers, for the first time or again. */
  registered(registration: AgentRegistration, port: AgentPort): void;
}

/** The agents of a cluster together with their own HTTP API, all on one port. */
export interface ServedAgents {
  readonly agents: readonly AgentPort[];
  routes(server: HttpServer, control: AgentControl): void;
}

/** An agent together with its own HTTP API. */
export type ServedAgent = AgentPort & { routes(server: HttpServer): void };

/** A cluster of one. */
export function oneAgent(agent: ServedAgent): ServedAgents {
  return { agents: [agent], routes: (server) => agent.routes(server) };
}

/** Of more agents, the log says only how many there are. */
const maxAgentsLogged = 10;

/** `/flags`, under the names of Mesos' master. */
function masterFlags(options: ClusterOptions): Record<string, string> {
  return {
    advertise_ip: options.host,
    allocator: 'hierarchical',
    authenticate_frameworks: 'false',
    authenticate_http_frameworks: 'false',
    authenticate_http_readonly: 'false',
    authenticate_http_readwrite: 'false',
    framework_sorter: 'drf',
    hostname: options.host,
    ip: options.host,
    max_completed_frameworks: String(maxCompletedFrameworks),
    max_completed_tasks_per_framework: String(maxCompletedTasksPerFramework),
    max_operator_event_stream_subscribers: String(maxOperatorSubscribers),
    min_allocatable_resources: 'cpus:0.01|mem:32',
    port: String(options.masterPort),
    role_sorter: 'drf',
    ...(options.domain === undefined || options.domain === '' ? {} : { domain: options.domain }),
    ...(options.weights === undefined || options.weights === '' ? {} : { weights: options.weights }),
    work_dir: join(options.workDir, 'cluster'),
    ...zooKeeperFlags(options),
  };
}

/** The servers' address without user and password. */
function zooKeeperFlags({ zookeeper }: ClusterOptions): Record<string, string> {
  if (zookeeper === undefined) return {};
  const { servers, path } = zookeeper.address;
  return {
    zk: `zk://${servers.map(formatServer).join(',')}${path}`,
    zk_session_timeout: `${zookeeper.sessionTimeoutMs / 1000}secs`,
  };
}

/** A master with its API, which does not listen yet, and without agents. */
export interface OwnMaster {
  readonly info: MasterInfo;
  readonly driver: MasterDriver;
  readonly server: HttpServer;
}

/**
 * Makes a master; with a `standing` one that stands by until `driver.elected`. Throws UsageError for bad `--domain`, `--weights` or
 * `--quota`, StartupError for a host without address.
 */
export async function createMaster(
  options: ClusterOptions,
  { logger }: RoleContext,
  standing?: Standing,
): Promise<OwnMaster> {
  const domain = parseDomainFlag(options.domain ?? '');
  const weights = parseWeightsFlag(options.weights ?? '');
  const quotas = parseQuotaFlag(options.quota ?? '');
  const builtAtMs = Math.floor((await stat(fileURLToPath(import.meta.url))).mtimeMs);
  const address = await masterInfo(randomUUID(), options.host, options.masterPort);
  const info = domain === undefined ? address : { ...address, domain };
  const driver = new MasterDriver({
    info,
    clock: Date.now,
    standsBy: standing !== undefined,
    weights,
    quotas,
    logger,
  });
  const facts = { version: versionInfo(builtAtMs), flags: masterFlags(options) };
  return { info, driver, server: createMasterServer(driver, facts, logger, standing) };
}

/** Has a master listen. Throws StartupError when its port cannot be had. */
export async function listenAsMaster({ server }: OwnMaster, { host, masterPort }: ClusterOptions): Promise<void> {
  await listen(server, { host, port: masterPort, flag: 'cluster_port' });
}

/** Stops all agents; safe to repeat. */
export async function stopAgents({ agents }: ServedAgents, scope: StopScope): Promise<void> {
  await Promise.all(agents.map((agent) => agent.stop(scope)));
}

/** Starts all agents and returns how they register. */
async function startAgents(
  agents: readonly AgentPort[],
  driver: MasterDriver,
): Promise<{ registration: AgentRegistration; port: AgentPort }[]> {
  return Promise.all(
    agents.map(async (port) => {
      let agentId = '';
      const registration = await port.start(
        (update) => driver.update(update),
        (end) => driver.executorEnded(agentId, end),
      );
      agentId = registration.info.id.value;
      return { registration, port };
    }),
  );
}

/**
 * Serves the agents' API and registers them at the master, which answers 503 until they have recovered their tasks. Throws
 * StartupError when the port cannot be had; the agents are the caller's to stop then, and so is the master in any case, before its
 * handle stops the agents.
 */
export async function attachAgents(
  served: ServedAgents,
  { driver }: OwnMaster,
  { host, masterPort, agentPort }: ClusterOptions,
  { logger }: RoleContext,
): Promise<RoleHandle> {
  const server = createHttpServer();
  served.routes(server, {
    unreachable: (agentId) => driver.input((master, nowMs) => master.agentUnreachable(agentId, nowMs)),
    removed: (agentId) => driver.input((master, nowMs) => master.removeAgent(agentId, nowMs)),
    registered: (registration, port) =>
      driver.input((master, nowMs) => master.registerAgent(registration, port, nowMs)),
  });
  try {
    await listen(server, { host, port: agentPort, flag: 'agent_port' });
    driver.registerAgents(await startAgents(served.agents, driver));
  } catch (error) {
    await server.close();
    throw error;
  }
  const { frameworks, agents } = driver.state;
  logger.info(
    {
      master: `${host}:${masterPort}`,
      agents: agents.size <= maxAgentsLogged ? [...agents.keys()] : agents.size,
      recoveredFrameworks: frameworks.size,
    },
    'the embedded cluster is up',
  );

  let stopped: Promise<void> | undefined;
  return {
    stop(scope) {
      stopped ??= stopAgents(served, scope).then(() => server.close());
      return stopped;
    },
  };
}

/**
 * Serves a cluster around `served`: the agents' API on `agentPort`, the master on `masterPort`. Resolves when the agents have
 * recovered their tasks and registered; until then the master answers 503. Throws StartupError for a port that cannot be had,
 * UsageError for bad `--domain`, `--weights` or `--quota`. Its handle ends, with `everything`, all tasks; with `self` they live
 * on and are found again by the next start.
 */
export async function serveCluster(
  served: ServedAgents,
  options: ClusterOptions,
  context: RoleContext,
): Promise<RoleHandle> {
  const master = await createMaster(options, context);
  let attached: RoleHandle;
  try {
    await listenAsMaster(master, options);
    attached = await attachAgents(served, master, options, context);
  } catch (error) {
    master.driver.stop();
    await master.server.close();
    await stopAgents(served, 'self');
    throw error;
  }
  let stopped: Promise<void> | undefined;
  return {
    stop(scope) {
      // The frameworks' streams go first: what happens to the tasks from here on is nobody's to act upon.
      stopped ??= (async () => {
        master.driver.stop();
        await master.server.close();
        await attached.stop(scope);
      })();
      return stopped;
    },
  };
}
