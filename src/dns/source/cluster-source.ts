import { codeOf, messageOf } from '../../common/errors.js';
import type { Logger } from '../../common/logger.js';
import { sleep } from '../../common/time.js';
import type { Clock } from '../../common/time.js';
import type { MasterAccess } from '../../mesos/master-access.js';
import { MesosHttpError } from '../../mesos/master-client.js';
import { requestMaster } from '../../mesos/master-request.js';
import { watchOperator } from '../../mesos/operator-stream.js';
import type { OperatorChange } from '../../mesos/operator-stream.js';
import { parseHostPort } from '../records/host-port.js';
import type { HostPort } from '../records/view.js';
import type { ClusterView } from './cluster-view.js';
import { snapshotFromMasterState } from './from-master-state.js';
import { agentFromOperator, frameworkFromOperator, snapshotFromOperator, taskFromOperator } from './from-operator.js';
import { HostResolver } from './host-resolver.js';
import type { ResolveHost } from './host-resolver.js';
import type { Snapshot } from './snapshot.js';

export interface SourceStatus {
  /** Where changes come from now. */
  readonly source: 'stream' | 'poll';
  /** The cluster was seen at least once. */
  readonly seen: boolean;
  /** Why the stream of events could not be had last, and from whom. */
  readonly lastFailure?: string | undefined;
  /** When a master was last heard of, in milliseconds since 1970. */
  readonly lastContactMs: number | undefined;
  /** How long no master may be heard of, as they are listened to, before what is known counts as old; in milliseconds. */
  readonly silenceMs: number;
  /** How often the state was polled, with or without success, how often that failed, and how often the stream of events began and broke. */
  readonly polls: number;
  readonly failedPolls: number;
  readonly streams: number;
  readonly brokenStreams: number;
}

export interface ClusterSource {
  status(): SourceStatus;
  stop(): Promise<void>;
}

/** Three heartbeats of a stream (Mesos' 15 s). */
const streamSilenceMs = 45_000;
/** Without a stream: one poll may fail. */
const pollsOfSilence = 2.5;

/** A longer timer would end at once. */
const maxTimerMs = 2 ** 31 - 1;

/** Polls asked for out of turn are not nearer to each other than this: the document is expensive for the master. */
const minPollIntervalMs = 5_000;

/** A master without this API, or that does not want us: only `/master/state` is left. 503: it does not lead (yet). */
function lacksTheStream(error: Error): boolean {
  return error instanceof MesosHttpError && error.status !== 503;
}

/** Changes of one event. False when the event is about something that is not known. */
function applyChange(view: ClusterView, change: OperatorChange, nowMs: number): boolean {
  switch (change.type) {
    case 'TASK_ADDED': {
      const task = taskFromOperator(change.task_added.task);
      if (task !== undefined) view.setTask(task);
      return task !== undefined;
    }
    case 'TASK_UPDATED': {
      const { framework_id: framework, status, state } = change.task_updated;
      if (status.agent_id === undefined) return false;
      const task = { frameworkId: framework.value, agentId: status.agent_id.value, id: status.task_id.value };
      return view.updateTask(task, state, status);
    }
    case 'FRAMEWORK_ADDED':
    case 'FRAMEWORK_UPDATED': {
      const { framework } = change.type === 'FRAMEWORK_ADDED' ? change.framework_added : change.framework_updated;
      const known = frameworkFromOperator(framework.framework_info);
      if (known !== undefined) view.setFramework(known, false);
      return known !== undefined;
    }
    case 'FRAMEWORK_REMOVED': {
      const id = change.framework_removed.framework_info.id?.value;
      if (id !== undefined) view.removeFramework(id);
      return id !== undefined;
    }
    case 'AGENT_ADDED': {
      const agent = agentFromOperator(change.agent_added.agent);
      if (agent !== undefined) view.setAgent(agent, nowMs);
      return agent !== undefined;
    }
    case 'AGENT_REMOVED':
      view.removeAgent(change.agent_removed.agent_id.value);
      return true;
    default:
      return true; // an event type of a later Mesos
  }
}

/**
 * Keeps `view` up to date: by the operator event stream, or, while there is none, by polling `/master/state`. While the
 * stream is up the poll goes on as a cross-check that repairs what the stream may have missed. While no master answers the
 * view stays as it is. `onChange` is called after anything that may have touched owners.
 */
export function startClusterSource(options: {
  view: ClusterView;
  /** Stays the caller's. */
  masters: MasterAccess;
  refreshMs: number;
  onChange: () => void;
  logger: Logger;
  clock: Clock;
  /** Milliseconds of a clock that nobody moves, by which things expire. */
  monotonicMs?: () => number;
  random: () => number;
  resolveHost: ResolveHost;
}): ClusterSource {
  const { view, masters, refreshMs, onChange, logger, clock, random } = options;
  const { monotonicMs = () => performance.now() } = options;
  const stopping = new AbortController();
  let seen = false;
  let lastContactMs: number | undefined;
  let lastFailure: string | undefined;
  /** Whether that was by the stream. */
  let heardByStream = false;
  const counts = { polls: 0, failedPolls: 0, streams: 0, brokenStreams: 0 };
  let lastMasterId: string | undefined;
  let streamUp = false;
  /** The last poll went well, and the stream was not up since. */
  let polled = false;
  let wake = new AbortController();
  let expiry: NodeJS.Timeout | undefined;
  const resolver = new HostResolver({
    view,
    resolve: options.resolveHost,
    refreshMs,
    clock: monotonicMs,
    onChange: changed,
    logger,
  });

  function heard(byStream: boolean): void {
    lastContactMs = clock();
    heardByStream = byStream;
  }

  /** After every change of the view. */
  function changed(): void {
    clearTimeout(expiry);
    const next = view.nextDeadlineMs();
    if (next !== undefined && !stopping.signal.aborted) {
      expiry = setTimeout(
        () => {
          view.expire(monotonicMs());
          changed();
        },
        Math.min(maxTimerMs, Math.max(0, next - monotonicMs()) + 1),
      );
    }
    resolver.refresh();
    onChange();
  }

  /** What ZooKeeper says; undefined where it is not asked, or knows of no leader. */
  function announcedLeader(): HostPort | undefined {
    return parseHostPort(masters.source.current.leader ?? '');
  }

  /** A master that was asked just before it lost an election may still tell of itself. */
  function asAnnounced(snapshot: Snapshot): Snapshot {
    const leader = announcedLeader();
    return leader === undefined ? snapshot : { ...snapshot, leader };
  }

  const stopFollowingMasters = masters.source.onChange(() => {
    view.setLeader(announcedLeader());
    view.touchMasters();
    changed();
    // With a stream there is one from the next leader soon
    if (!streamUp) pollSoon();
  });

  /** `continued`: the snapshot before came from the same master, as far as can be told without ids. */
  function takeSnapshot(snapshot: Snapshot, continued: boolean): void {
    const { masterId } = snapshot;
    const newLeadership = masterId === undefined ? !continued : masterId !== lastMasterId;
    view.reset(asAnnounced(snapshot), { nowMs: monotonicMs(), newLeadership });
    lastMasterId = masterId;
    seen = true;
    changed();
  }

  function pollSoon(): void {
    wake.abort();
  }

  const watch = watchOperator({
    masters,
    logger,
    random,
    listener: {
      onSnapshot(state, leader) {
        heard(true);
        counts.streams++;
        takeSnapshot(snapshotFromOperator(state, leader), false);
        streamUp = true;
        logger.info({ master: leader.authority, tasks: view.tasks.size }, 'the cluster is watched by events');
        pollSoon();
      },
      onChange(change) {
        try {
          // What is not known, or not understood, is looked up.
          if (!applyChange(view, change, monotonicMs())) pollSoon();
        } catch (error) {
          logger.warn({ type: change.type, reason: messageOf(error) }, 'an event of the master is not understood');
          pollSoon();
        }
        changed();
      },
      onSignOfLife() {
        heard(true);
      },
      onDown(error, authority) {
        if (streamUp) {
          logger.warn({ master: authority, reason: error.message }, 'the stream of events broke');
          streamUp = false;
          polled = false;
          counts.brokenStreams++;
        }
        if (lacksTheStream(error) && !polled) pollSoon();
        lastFailure = `${authority}: ${error.message}`;
        // What clients are told while there is nothing else to tell
        if (!seen) onChange();
      },
    },
  });

  async function fetchState(): Promise<Snapshot> {
    let failure: unknown = new Error('ZooKeeper tells of no master');
    for (const authority of masters.source.current.masters) {
      try {
        const answer = await requestMaster(masters, { authority, path: '/master/state', signal: stopping.signal });
        return snapshotFromMasterState(answer.body, answer.authority);
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  }

  async function poll(): Promise<void> {
    const before = view.observe();
    try {
      const snapshot = await fetchState();
      if (stopping.signal.aborted) return;
      counts.polls++;
      heard(streamUp);
      if (!streamUp) {
        takeSnapshot(snapshot, polled);
        polled = true;
      } else if (lastMasterId === undefined || snapshot.masterId === lastMasterId) {
        // The stream is newer than the document wherever it said something meanwhile.
        view.reset(asAnnounced(snapshot), { nowMs: monotonicMs(), newLeadership: false, ignore: before.touched });
        changed();
      }
    } catch (error) {
      if (stopping.signal.aborted) return;
      polled = false;
      counts.polls++;
      counts.failedPolls++;
      logger.warn({ reason: messageOf(error), code: codeOf(error) }, 'no master gives its state: the old one is kept');
    } finally {
      before.stop();
    }
  }

  async function pollForEver(): Promise<void> {
    while (!stopping.signal.aborted) {
      await sleep(Math.min(maxTimerMs, refreshMs), AbortSignal.any([wake.signal, stopping.signal]));
      if (stopping.signal.aborted) return;
      wake = new AbortController();
      await poll();
      await sleep(Math.min(minPollIntervalMs, refreshMs), stopping.signal);
    }
  }
  const polling = pollForEver();
  // Hosts of a cluster that is known from before.
  resolver.refresh();

  return {
    status: () => ({
      source: streamUp ? 'stream' : 'poll',
      seen,
      lastFailure,
      lastContactMs,
      silenceMs: heardByStream ? streamSilenceMs : Math.max(streamSilenceMs, pollsOfSilence * refreshMs),
      ...counts,
    }),
    async stop() {
      stopping.abort();
      clearTimeout(expiry);
      resolver.stop();
      stopFollowingMasters();
      await Promise.all([watch.stop(), polling]);
    },
  };
}
