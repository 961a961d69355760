import { randomBytes, randomUUID } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '../../common/atomic-file.js';
import { createLimiter } from '../../common/concurrency.js';
import { messageOf, StartupError } from '../../common/errors.js';
import type { RoleContext } from '../../common/role.js';
import type { HttpServer } from '../../http/server.js';
import type { AgentPort } from '../agent-port.js';
import type { ClusterOptions } from '../options.js';
import { parseDomainFlag } from '../parse-cluster-flags.js';
import { claimAgentDirectory } from './agent-record.js';
import { Prober } from './checks/prober.js';
import { EngineFinder } from './containers/find-engine.js';
import { Secrets } from './containers/secrets.js';
import { Fetcher } from './fetcher/fetcher.js';
import type { FetchLimits } from './fetcher/limits.js';
import { defaultFetchLimits } from './fetcher/limits.js';
import { agentLayout } from './layout.js';
import { createDiskWatch } from './limits/disk-watch.js';
import { createMemoryWatch } from './limits/memory-watch.js';
import { detectMachine } from './machine-facts.js';
import { parseAttributesFlag } from './parse-attributes.js';
import { completeResources, parseResourcesFlag } from './parse-resources.js';
import { ReservedResources } from './reserved-resources.js';
import { ProcessSweeper } from './process-sweeper.js';
import { defaultResendMs } from './status-update-manager.js';
import { supervisorScript } from './supervisor-script.js';
import { TaskUsers } from './task-user.js';
import { ProcessAgent } from './process-agent.js';

/** What tests set otherwise. */
export interface ProcessAgentTuning {
  readonly now: () => number;
  readonly resendMs: number;
  readonly fetchLimits: FetchLimits;
  /** The container engine's program, instead of the one that is found. */
  readonly containerEngine: string;
  readonly diskWatchMs: number;
  readonly memoryWatchMs: number;
}

/** Lets callers through one by one, each in a turn of the event loop of its own. */
function turnTaker(): () => Promise<void> {
  const oneByOne = createLimiter(1);
  return () => oneByOne(() => new Promise((resolve) => setImmediate(resolve)));
}

async function addressOf(host: string): Promise<string> {
  try {
    return (await lookup(host)).address;
  } catch (error) {
    throw new StartupError(
      `the address of ${host} (--hostname or the cluster's host) cannot be found: ${messageOf(error)}`,
    );
  }
}

/** What `--resources` says. Throws UsageError for that and the other flags of the agent, without touching anything. */
export function checkAgentFlags(options: ClusterOptions): ReturnType<typeof parseResourcesFlag> {
  parseAttributesFlag(options.attributes);
  parseDomainFlag(options.domain ?? '');
  return parseResourcesFlag(options.resources);
}

/**
 * Makes the embedded agent of this machine; `start` recovers what outlived the last one. The caller opens a server on
 * `options.agentPort` and hands it to `routes`. Throws UsageError for bad `--resources` or `--attributes`, DirectoryInUse when the
 * work directory is in use.
 */
export async function createProcessAgent(
  options: ClusterOptions,
  context: RoleContext,
  tuning: Partial<ProcessAgentTuning> = {},
): Promise<AgentPort & { routes(server: HttpServer): void }> {
  const { now = Date.now, resendMs = defaultResendMs, fetchLimits = defaultFetchLimits } = tuning;
  const { logger } = context;
  const flagResources = checkAgentFlags(options);
  const layout = agentLayout(options.workDir);
  await mkdir(layout.meta, { recursive: true });
  // The records hold the environment of tasks, and with it passwords.
  await chmod(layout.meta, 0o700);
  // Before anything else is touched: what is there may be another process's, which works with it.
  const agentId = await claimAgentDirectory(layout, () => `${randomUUID()}-S0`);
  await mkdir(layout.frameworks, { recursive: true });
  await mkdir(layout.sandboxes, { recursive: true });
  await writeFileAtomic(layout.supervisorScript, supervisorScript, 0o700);
  const agentIp = await addressOf(options.host);
  return new ProcessAgent({
    flags: options,
    reserved: await ReservedResources.open(
      { record: join(layout.meta, 'resources.json'), volumes: join(layout.root, 'volumes') },
      completeResources(flagResources, await detectMachine(layout.root)),
    ),
    resendMs,
    host: {
      layout,
      agentId,
      agentPid: `slave(1)@${agentIp.includes(':') ? `[${agentIp}]` : agentIp}:${options.agentPort}`,
      agentIp,
      agentPort: options.agentPort,
      users: new TaskUsers(now),
      fetcher: new Fetcher(layout.fetchCache, fetchLimits),
      sweeper: new ProcessSweeper(),
      engines: new EngineFinder({ agentId, now, program: tuning.containerEngine }),
      secrets: new Secrets(options.secretsDir),
      prober: new Prober(),
      diskWatch: createDiskWatch({ logger, intervalMs: tuning.diskWatchMs }),
      memoryWatch: createMemoryWatch({ logger, intervalMs: tuning.memoryWatchMs }),
      turnToStart: turnTaker(),
      logger,
      now,
      newContainerId: () => randomUUID(),
      newUpdateUuid: () => randomBytes(16).toString('base64'),
    },
  });
}
