import { messageOf } from '../common/errors.js';
import type { RoleContext, RoleHandle, StopScope } from '../common/role.js';
import { sleep } from '../common/time.js';
import type { Candidacy } from '../zookeeper/candidacy.js';
import { DirectoryInUse } from './agent/agent-record.js';
import { announceMaster, redirectAddress } from './announcement.js';
import type { Standing } from './master/api/standing.js';
import type { AnnouncementOptions, ClusterOptions } from './options.js';
import type { ServedAgents } from './serve-cluster.js';
import { attachAgents, createMaster, listenAsMaster, stopAgents } from './serve-cluster.js';

/** A master that lost its leadership, or cannot take it over, leaves as Mesos' does: with this exit status. */
const exitStatus = 1;
/** How often a work directory that is still in use is looked at. */
const lookEveryMs = 100;

/** Opens the agents as soon as no other process uses their work directory; undefined when `signal` is aborted before. */
async function openWhenFree(
  open: () => Promise<ServedAgents>,
  { logger }: RoleContext,
  signal: AbortSignal,
): Promise<ServedAgents | undefined> {
  let told: number | undefined;
  while (!signal.aborted) {
    try {
      return await open();
    } catch (error) {
      if (!(error instanceof DirectoryInUse)) throw error;
      if (error.pid !== undefined && error.pid !== told) {
        told = error.pid;
        logger.warn({ pid: told }, 'this master leads, and waits for the process that still has the agent to end');
      }
    }
    await sleep(lookEveryMs, signal);
  }
  return undefined;
}

/**
 * Serves a master that is one of several on the same work directory: it announces itself in ZooKeeper, redirects to the one that
 * leads, and when it leads itself opens the agents by `open`, as soon as no other process has them, and serves as the only master does.
 * Resolves when its port listens; whether it will ever lead is another matter. When it loses the leadership, or cannot take over, it
 * stops acting at once and calls `context.fatal`. Throws StartupError and UsageError as `serveCluster` does.
 *
 * Its handle leaves the tasks to another master where there is one, or may be, also with `everything`: the last one ends them.
 */
export async function serveCandidate(
  open: () => Promise<ServedAgents>,
  options: ClusterOptions & { readonly zookeeper: AnnouncementOptions },
  context: RoleContext,
): Promise<RoleHandle> {
  const { logger } = context;
  const ending = new AbortController();
  let candidacy: Candidacy | undefined = undefined;
  let leader: string | undefined;
  const standing: Standing = {
    // By the clock, too: a process that was frozen hears of the end of its leadership only after what came meanwhile.
    get leads() {
      return !ending.signal.aborted && candidacy?.leading === true;
    },
    get leader() {
      return leader;
    },
  };
  const master = await createMaster(options, context, standing);
  const { driver, info } = master;
  const announced = JSON.stringify(info);
  const own = redirectAddress(announced);
  let served: ServedAgents | undefined;
  let attached: RoleHandle | undefined;
  let takingOver: Promise<void> = Promise.resolve();

  /** From here on nothing is told to anybody, and no task is started. */
  function stopActing(): void {
    ending.abort();
    driver.stop();
  }

  async function takeOver(): Promise<void> {
    try {
      served = await openWhenFree(open, context, ending.signal);
      if (served !== undefined && !ending.signal.aborted) {
        attached = await attachAgents(served, master, options, context);
      }
    } catch (error) {
      if (ending.signal.aborted) {
        logger.warn({ reason: messageOf(error) }, 'the agent was not taken over');
        return;
      }
      stopActing();
      context.fatal(error instanceof Error ? error : new Error(messageOf(error)), exitStatus);
    }
  }

  async function stopServed(scope: StopScope): Promise<void> {
    if (attached !== undefined) await attached.stop(scope);
    else if (served !== undefined) await stopAgents(served, scope);
  }

  await listenAsMaster(master, options).catch(async (error: unknown) => {
    driver.stop();
    await master.server.close();
    throw error;
  });
  candidacy = announceMaster(options.zookeeper, announced, {
    logger,
    listener: {
      elected: () => {
        driver.elected();
        takingOver = takeOver();
      },
      deposed: (reason) => {
        stopActing();
        // At once: an agent that is being stopped starts nothing. What follows only waits for what it writes.
        void stopServed('self').catch((err: unknown) => logger.error({ err }, 'the agent could not be stopped'));
        context.fatal(new Error(`this master does not lead any more: ${reason}`), exitStatus);
      },
      leaderChanged: (text) => {
        const address = text === undefined ? undefined : redirectAddress(text);
        // A node of the process that was here before: nobody is there, and a redirect would lead back here.
        leader = address === own && text !== announced ? undefined : address;
        logger.info({ leader: leader ?? null }, 'the leading master, by what ZooKeeper says');
      },
    },
  });
  logger.info({ master: own }, 'this master stands for election');

  /** Tasks that another master will find are not ended. */
  async function scopeOf(scope: StopScope): Promise<StopScope> {
    if (scope === 'self' || !standing.leads) return 'self';
    const others = await candidacy?.others();
    if (others === 0) return 'everything';
    if (others === undefined) {
      logger.warn({}, 'tasks are left running: ZooKeeper cannot be asked whether there is another master for them');
    } else logger.info({ others }, 'tasks are left running: another master takes them over');
    return 'self';
  }

  let stopped: Promise<void> | undefined;
  return {
    stop(scope) {
      stopped ??= (async () => {
        const effective = await scopeOf(scope);
        stopActing();
        await master.server.close();
        await takingOver;
        await stopServed(effective);
        // Last of all: whoever leads next finds the agent free.
        await candidacy?.close();
      })();
      return stopped;
    },
  };
}
