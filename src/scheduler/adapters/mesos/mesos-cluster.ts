import type { BackoffPolicy } from '../../../common/backoff.js';
import { backoffMs, jittered } from '../../../common/backoff.js';
import type { Logger } from '../../../common/logger.js';
import type { Clock } from '../../../common/time.js';
import { sleep } from '../../../common/time.js';
import type { MasterAccess } from '../../../mesos/master-access.js';
import type { Cluster, ClusterListener } from '../../ports/cluster.js';
import type { FrameworkSettings } from './framework-info.js';
import type { Outbox } from './outbox.js';
import { explainRefusal } from './refusal.js';
import { RoleBook } from './role-subscription.js';
import type { Session } from './session.js';
import { runSession } from './session.js';

export interface MesosClusterOptions {
  /** Stays the caller's. Needs at least 5 connections per master. */
  readonly masters: MasterAccess;
  readonly framework: FrameworkSettings;
  /** Takes the framework's id out of the store; named where Mesos has removed the framework. */
  readonly forgetCommand: string;
  /** Marathon's `--mesos_heartbeat_interval`, until the master announces its own. */
  readonly heartbeatIntervalMs?: number;
  /** Marathon's `--mesos_heartbeat_failure_threshold`. */
  readonly heartbeatFailureThreshold?: number;
  readonly reconnect?: BackoffPolicy;
  /** Asked before anything is sent: whether this process may act for the framework at this very moment. Absent: always. */
  readonly mayAct?: () => boolean;
  readonly logger: Logger;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
}

const defaultReconnect: BackoffPolicy = { initialMs: 100, factor: 2, maxMs: 5_000 };
/** Who may not act looks again after this time whether it is so still. */
const uncertainMs = 200;
const always = (): boolean => true;

/**
 * The scheduler's connection to a Mesos cluster, through the v1 scheduler HTTP API. Masters are tried in turn, and their redirects to the
 * leader followed. Where ZooKeeper tells who leads, that one is tried first; a session with a master that leads no more is ended, while
 * one goes on that only ZooKeeper has lost sight of.
 */
export function createMesosCluster(options: MesosClusterOptions): Cluster {
  const { masters, framework, logger, clock, random, reconnect = defaultReconnect, mayAct = always } = options;
  const roles = new RoleBook(framework.role);
  const closed = new AbortController();
  let session: Session | undefined;
  /** Takes calls while the framework is subscribed. */
  let outbox: Outbox | undefined;
  let loop: Promise<void> | undefined;

  async function run(formerId: string | undefined, listener: ClusterListener): Promise<void> {
    let frameworkId = formerId;
    let failures = 0;
    let turn = 0;
    /** The last reason that each master gave, so that a reason is logged once and not at every attempt. */
    const reasons = new Map<string, string>();
    /** Aborted when the masters are others than before. */
    let news = new AbortController();
    const stopListening = masters.source.onChange(({ leader }) => {
      turn = 0;
      failures = 0;
      news.abort();
      if (leader !== undefined && session?.isWith(leader) === false) session.end(`${leader} is the leading master now`);
    });

    /** Whom to ask next; undefined when this is closed first. */
    async function nextMaster(): Promise<string | undefined> {
      if (masters.source.current.masters.length === 0)
        logger.info({ masters: masters.name }, 'waiting for a Mesos master to lead');
      const known = await masters.source.known(closed.signal).catch(() => undefined);
      return known?.masters[turn % known.masters.length];
    }

    try {
      for (;;) {
        const authority = await nextMaster();
        if (authority === undefined || closed.signal.aborted) return;
        // To subscribe would push aside whoever leads now. This process is about to end, or hears in a moment that it leads still
        if (!mayAct()) {
          await sleep(uncertainMs, closed.signal);
          continue;
        }
        news = new AbortController();
        let subscribedAtMs = Infinity;
        const subscription = roles.current;
        const end = await runSession(
          {
            client: masters,
            authority,
            framework,
            frameworkId,
            subscription,
            heartbeatIntervalMs: options.heartbeatIntervalMs ?? 15_000,
            heartbeatFailureThreshold: options.heartbeatFailureThreshold ?? 5,
            mayAct,
            logger,
          },
          {
            registered(id, master, region) {
              outbox = session?.outbox;
              // What was said while the subscription was under way
              if (roles.current.roles !== subscription.roles)
                void outbox?.send([{ type: 'subscribeRoles', ...roles.current }]);
              frameworkId = id;
              subscribedAtMs = clock();
              reasons.clear();
              logger.info({ master, frameworkId: id }, 'subscribed to Mesos');
              listener.registered(id, master, region);
            },
            offers: (offers) => listener.offers(offers),
            rescinded: (offerId) => listener.rescinded(offerId),
            status: (status) => listener.status(status),
            frameworkMessage: (...message) => listener.frameworkMessage(...message),
          },
          (opened) => (session = opened),
        );
        session = undefined;
        outbox = undefined;
        if (end.subscribed) listener.disconnected();
        if (closed.signal.aborted) return;
        if (end.refused) {
          const { failoverTimeoutSeconds } = framework;
          const { forgetCommand } = options;
          const reason = explainRefusal(end.reason, { frameworkId, failoverTimeoutSeconds, forgetCommand });
          logger.error({ master: authority, reason }, 'Mesos refuses this framework');
          listener.refused(reason);
          return;
        }
        const moved = news.signal.aborted;
        if (!end.subscribed && !moved) turn++;
        if (end.subscribed || reasons.get(authority) !== end.reason) {
          const known = masters.source.current.masters;
          const next = known[turn % known.length] ?? 'whoever leads then';
          logger.warn(
            { master: authority, reason: end.reason, next },
            end.subscribed ? 'the connection to Mesos was lost' : 'Mesos cannot be reached, trying again',
          );
        }
        reasons.set(authority, end.reason);
        if (end.atOnce) continue;
        // A subscription that held is news; one that broke at once counts as a failed attempt, or two broken ends would spin.
        const held = clock() - subscribedAtMs >= reconnect.maxMs;
        if (held) failures = 0;
        if (moved) continue;
        const wait = jittered(backoffMs(reconnect, failures++), random());
        await sleep(wait, AbortSignal.any([closed.signal, news.signal]));
      }
    } finally {
      stopListening();
    }
  }

  return {
    start(frameworkId, listener) {
      if (loop !== undefined) throw new Error('the connection to Mesos was started already');
      loop = run(frameworkId, listener);
    },
    async send(calls) {
      if (calls.length === 0) return;
      for (const call of calls) roles.note(call);
      if (outbox === undefined) {
        // The next subscription says which roles there are
        const dropped = calls.filter(({ type }) => type !== 'subscribeRoles').length;
        if (dropped > 0) logger.warn({ count: dropped, reason: 'not connected' }, 'calls to Mesos were dropped');
        return;
      }
      await outbox.send(calls);
    },
    async close() {
      closed.abort();
      session?.end('closed');
      await loop;
    },
  };
}
