import { CatalogFeed } from '../catalog/feed.js';
import { messageOf } from '../common/errors.js';
import { Opened } from '../common/opened.js';
import type { RoleContext } from '../common/role.js';
import { serve } from '../http/serve.js';
import { createStage } from '../http/stage.js';
import { startZooKeeperElection } from './adapters/zookeeper/election.js';
import type { ZooKeeperLeadership } from './adapters/zookeeper/election.js';
import { openZooKeeperStore } from './adapters/zookeeper/zookeeper-store.js';
import { apiTimeouts } from './api/front.js';
import { createStandby } from './api/standby/create-standby.js';
import { exitStatus } from './exit-status.js';
import { lead } from './lead.js';
import type { Equipment, Leader } from './lead.js';
import { leaderAddress } from './leader-address.js';
import type { ZooKeeperOptions } from './options.js';
import { openSession, storeSettings } from './own-zookeeper-store.js';

/** A process that has lost its leadership ends within this time, whatever keeps it from closing what it has. */
const endLimitMs = 3_000;

/**
 * Takes part in the election. Until this process is elected it passes on what it is asked to the scheduler that leads; then it takes over:
 * it takes the store, loads the state, answers itself and subscribes with Mesos. It ends when it is deposed, with 103, and when it cannot
 * take over, with 105; it never goes back. Resolves when the API answers.
 */
export async function standForElection(
  equipment: Equipment,
  zookeeper: ZooKeeperOptions,
  context: RoleContext,
  opened: Opened,
): Promise<void> {
  const { options } = equipment;
  const { logger } = context;
  const address = leaderAddress(options);
  /** What leading takes; closed before all else. */
  const office = new Opened();
  let leader: Leader | undefined;
  let deposed: string | undefined;
  let stopping = false;

  const stage = createStage({ timeouts: apiTimeouts });
  const standby = opened.add(
    createStandby({
      options,
      leader: () => (deposed === undefined ? election.leader : undefined),
      ownApi: () => (deposed === undefined ? leader?.api : undefined),
      logger: logger.child({ component: 'standby' }),
    }),
  );
  await stage.show(standby);

  async function takeOver({ client, candidate }: ZooKeeperLeadership): Promise<void> {
    const mayGoOn = (): void => {
      if (deposed !== undefined) throw new Error(`the leadership was lost while it was taken over: ${deposed}`);
      if (stopping) throw new Error('the scheduler was stopped while it took over');
    };
    const store = await openZooKeeperStore({
      client,
      candidate,
      ...storeSettings(options, zookeeper),
      logger: logger.child({ component: 'store' }),
    });
    mayGoOn();
    const parts = { store, catalog: new CatalogFeed(String(store.epoch)), leading: () => election.leading };
    const candidateLeader = await lead(equipment, parts, context, office);
    mayGoOn();
    leader = candidateLeader;
    await stage.show(leader.api);
    mayGoOn();
    leader.connect();
    logger.info({ address, epoch: store.epoch }, 'leading: this scheduler answers and subscribes with Mesos');
  }

  const election = startZooKeeperElection({
    open: () => openSession(zookeeper, context),
    path: zookeeper.address.path,
    address,
    logger: logger.child({ component: 'election' }),
    random: Math.random,
    listener: {
      elected(leadership) {
        const limit = setTimeout(() => {
          const message = `the leadership could not be taken over within ${options.prepareTimeoutMs} ms (--on_elected_prepare_timeout)`;
          context.fatal(new Error(message), exitStatus.leadership, endLimitMs);
        }, options.prepareTimeoutMs);
        takeOver(leadership)
          .catch((error: unknown) => {
            if (deposed !== undefined || stopping) return;
            const message = `the leadership could not be taken over: ${messageOf(error)}`;
            context.fatal(new Error(message, { cause: error }), exitStatus.storeOrFramework, endLimitMs);
          })
          .finally(() => clearTimeout(limit));
      },
      deposed(reason) {
        deposed = reason;
        leader?.halt(`this scheduler does not lead any more: ${reason}`);
        // What this process knows may be outdated from now on
        void stage.show(standby);
        context.fatal(new Error(`the leadership is lost: ${reason}`), exitStatus.leadership, endLimitMs);
      },
      leaderChanged(current) {
        if (current === undefined) logger.warn({}, 'no scheduler is known to lead');
        else if (current !== address) logger.info({ leader: current }, 'another scheduler leads, requests go there');
      },
    },
  });
  opened.onClose(() => election.close());
  opened.onClose(() => stage.server.close());
  // Before its sockets: whoever has asked for a change by way of this scheduler learns whether it was made
  opened.onClose(() => standby.close());
  opened.onClose(() => {
    stopping = true;
    return office.close();
  });
  const ports = await serve(stage.server, options, logger);
  logger.info({ host: options.host, ...ports, address }, 'scheduler is serving, as a candidate');
}
