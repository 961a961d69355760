import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RoleContext, RoleHandle } from '../common/role.js';
import type { HttpServer } from '../http/server.js';
import { createHttpServer, listen } from '../http/server.js';
import type { AgentPort } from './agent-port.js';
import { MasterDriver, maxOperatorSubscribers } from './master/master-driver.js';
import { masterInfo } from './master/master-info.js';
import { createMasterServer } from './master/master-server.js';
import { maxCompletedFrameworks, maxCompletedTasksPerFramework } from './master/state.js';
import { versionInfo } from './version.js';
import type { ClusterOptions } from './options.js';

/** An agent together with its own HTTP API. */
export type ServedAgent = AgentPort & { routes(server: HttpServer): void };

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
    work_dir: join(options.workDir, 'cluster'),
  };
}

/**
 * Serves a one-node cluster around `agent`: its own API on `agentPort`, the master on `masterPort`. Resolves when the agent
 * has recovered its tasks and registered; until then the master answers 503. Throws StartupError for a port that cannot be
 * had. Its handle ends, with `everything`, all tasks; with `self` they live on and are found again by the next start.
 */
export async function serveCluster(
  agent: ServedAgent,
  options: ClusterOptions,
  context: RoleContext,
): Promise<RoleHandle> {
  const { logger } = context;
  const { host, masterPort, agentPort } = options;
  const builtAtMs = Math.floor((await stat(fileURLToPath(import.meta.url))).mtimeMs);
  const driver = new MasterDriver({ info: await masterInfo(randomUUID(), host, masterPort), clock: Date.now });
  const facts = { version: versionInfo(builtAtMs), flags: masterFlags(options) };
  const masterServer = createMasterServer(driver, facts, logger);
  const agentServer = createHttpServer();
  agent.routes(agentServer);

  try {
    await listen(agentServer, { host, port: agentPort, flag: 'agent_port' });
    await listen(masterServer, { host, port: masterPort, flag: 'cluster_port' });
    driver.registerAgent(await agent.start((update) => driver.update(update)), agent);
  } catch (error) {
    driver.stop();
    await Promise.all([masterServer.close(), agentServer.close()]);
    await agent.stop('self');
    throw error;
  }
  const { frameworks, agents } = driver.state;
  logger.info(
    { master: `${host}:${masterPort}`, agents: [...agents.keys()], recoveredFrameworks: frameworks.size },
    'the embedded cluster is up',
  );

  let stopped: Promise<void> | undefined;
  return {
    stop(scope) {
      // The frameworks' streams go first: what happens to the tasks from here on is nobody's to act upon.
      stopped ??= (async () => {
        driver.stop();
        await masterServer.close();
        await agent.stop(scope);
        await agentServer.close();
      })();
      return stopped;
    },
  };
}
