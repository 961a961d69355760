import type { Logger } from '../common/logger.js';
import { parseMasterInfo } from '../mesos/master-info.js';
import type { Candidacy, CandidacyListener } from '../zookeeper/candidacy.js';
import { startCandidacy } from '../zookeeper/candidacy.js';
import { openZooKeeper } from '../zookeeper/client.js';
import type { AnnouncementOptions } from './options.js';

/** What masters since Mesos 0.23 name their nodes, with ten digits behind it. */
const prefix = 'json.info_';

/** `host:port` by which a master that announces itself so is reached: by its name, as Mesos redirects to it. */
export function redirectAddress(text: string): string | undefined {
  const announced = parseMasterInfo(text);
  if (announced === undefined) return undefined;
  const { hostname, port } = JSON.parse(text) as { hostname?: unknown; port?: unknown };
  if (typeof hostname !== 'string' || !/^[\w.-]+$/.test(hostname) || typeof port !== 'number')
    return announced.authority;
  return `${hostname}:${port}`;
}

/**
 * Announces a master in ZooKeeper as Mesos does: an ephemeral numbered node `json.info_NNNNNNNNNN` whose content is its MasterInfo as
 * JSON, `data`; the lowest number leads. Tells `listener` of the leader by its content. ZooKeeper need not be there yet.
 */
export function announceMaster(
  { address, sessionTimeoutMs }: AnnouncementOptions,
  data: string,
  { listener, logger }: { readonly listener: CandidacyListener; readonly logger: Logger },
): Candidacy {
  const { servers, path, credentials } = address;
  return startCandidacy({
    open: () =>
      openZooKeeper({
        servers,
        sessionTimeoutMs,
        logger,
        random: Math.random,
        ...(credentials === undefined ? {} : { credentials }),
        // As with Mesos: whoever looks for a master needs no password.
        readable: true,
      }),
    folder: path,
    data,
    prefix,
    listener,
    logger,
    random: Math.random,
  });
}
