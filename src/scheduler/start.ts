import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { CatalogFeed } from '../catalog/feed.js';
import { messageOf, StartupError } from '../common/errors.js';
import type { Logger } from '../common/logger.js';
import { Opened } from '../common/opened.js';
import type { RoleContext, RoleHandle } from '../common/role.js';
import { serve } from '../http/serve.js';
import { openArtifacts } from './adapters/artifacts/open-artifacts.js';
import { openEmbeddedStore } from './adapters/embedded/embedded-store.js';
import { openMasters } from './adapters/mesos/open-cluster.js';
import { createAccessControl } from './api/access/create-access-control.js';
import { assetsOf } from './api/routes/ui.js';
import { checkEndpoints } from './events/http-callbacks.js';
import { lead } from './lead.js';
import type { Equipment } from './lead.js';
import type { SchedulerOptions } from './options.js';
import { loadPlugins, noPlugins } from './plugins/load-plugins.js';
import type { Store } from './ports/store.js';
import { StoreLockedError } from './ports/store.js';
import { standForElection } from './stand-for-election.js';
import { openOwnStore } from './own-zookeeper-store.js';

async function equip(options: SchedulerOptions, logger: Logger, opened: Opened): Promise<Equipment> {
  const loggerOf = (component: string): Logger => logger.child({ component });
  const plugins =
    options.plugins === undefined ? noPlugins : await loadPlugins(options.plugins, { logger: loggerOf('plugins') });
  const access = opened.add(await createAccessControl({ options, plugins, logger: loggerOf('access') }));
  const artifacts = await openArtifacts(options, {
    asksForNames: plugins.authenticator !== undefined,
    logger: loggerOf('artifacts'),
  });
  if (artifacts !== undefined) opened.add(artifacts);
  const masters = opened.add(await openMasters(options, { logger: loggerOf('mesos'), random: Math.random }));
  // Found out now rather than by the one that is elected
  assetsOf(options.assetsPath);
  checkEndpoints(options);
  return { options, plugins, access, artifacts, masters };
}

async function openLocalStore({ workDir }: SchedulerOptions, logger: Logger): Promise<Store> {
  try {
    return await openEmbeddedStore(join(workDir, 'scheduler', 'store'), logger);
  } catch (error) {
    throw error instanceof StoreLockedError ? new StartupError(error.message) : error;
  }
}

/** Leads at once: the embedded store admits one process at a time, and with `--disable_ha` its operator does. */
async function leadAlone(equipment: Equipment, context: RoleContext, opened: Opened): Promise<void> {
  const { options } = equipment;
  const { logger } = context;
  const { store, epoch } =
    options.zookeeper === undefined
      ? { store: await openLocalStore(options, logger), epoch: randomUUID() }
      : await openOwnStore(options, options.zookeeper, context, opened);
  const leader = await lead(equipment, { store, catalog: new CatalogFeed(epoch) }, context, opened);
  const ports = await serve(leader.api, options, logger);
  logger.info({ host: options.host, ...ports }, 'scheduler is serving');
  leader.connect();
}

/**
 * Starts the scheduler: loads what is stored, serves the REST API, subscribes with Mesos. With ZooKeeper and `--ha` it does so when it is
 * elected, and until then passes on what it is asked to the scheduler that leads. Resolves when the API answers. Throws StartupError for
 * a busy port, a store that another scheduler holds, and whatever else the options name that cannot be used; nothing is left open then.
 */
export async function startScheduler(options: SchedulerOptions, context: RoleContext): Promise<RoleHandle> {
  const opened = new Opened();
  try {
    const equipment = await equip(options, context.logger, opened);
    if (options.zookeeper === undefined || !options.ha) await leadAlone(equipment, context, opened);
    else await standForElection(equipment, options.zookeeper, context, opened);
  } catch (error) {
    await opened.close().catch((closing: unknown) => {
      context.logger.warn({ err: closing }, `not everything was closed: ${messageOf(closing)}`);
    });
    throw error;
  }
  return { stop: () => opened.close() };
}
