import type { FlagTable } from './flag.js';

const common = { group: 'Accepted, without effect', commands: ['up', 'scheduler'], marathon: true } as const;
const times = { ...common, kind: 'milliseconds' } as const;
const counts = { ...common, kind: 'integer' } as const;
const switches = { ...common, kind: 'boolean', toggle: true } as const;

const queues = 'one queue takes what comes in, and pushes back when it is full';
const launches = 'launches are limited by --launch_tokens, by the offers and by the back-off of each app';
const requests = 'nothing inside waits for an answer that could be lost';
const zooKeeperRetries =
  'what a broken connection interrupts is repeated on the next one, for as long as the session lasts';
const histograms = 'histograms here keep what Prometheus needs, and nothing else';

/**
 * Options of Marathon's that start scripts pass and whose subject does not exist here, or is always so. They are parsed and shown
 * like all others, so that a mistake in one is found; a value other than Marathon's default is warned about.
 */
export const flagsWithoutEffect = {
  revive_offers_for_new_apps: {
    ...switches,
    text: 'ask Mesos for offers when something waits',
    default: true,
    withoutEffect: 'offers are always asked for when something waits',
  },
  revive_offers_repetitions: {
    ...counts,
    text: 'how often each of these requests is repeated',
    default: 3,
    withoutEffect: 'a request that is lost ends the connection to Mesos, and the next one begins with another',
  },
  max_tasks_per_offer_cycle: {
    ...counts,
    text: 'most launches per round of offers',
    default: 1000,
    withoutEffect: launches,
  },
  max_parallel_offers: {
    ...counts,
    text: 'most offers that are matched at a time',
    defaultText: 'the number of processors, at most 8',
    withoutEffect: queues,
  },
  max_queued_offers: {
    ...counts,
    text: 'most offers that wait',
    default: 1024,
    withoutEffect: queues,
  },
  max_parallel_status_updates: {
    ...counts,
    text: 'most status updates that are worked on at a time',
    default: 20,
    withoutEffect: queues,
  },
  max_queued_status_updates: {
    ...counts,
    text: 'most status updates that wait',
    default: 10_000,
    withoutEffect: queues,
  },
  max_queued_root_group_updates: {
    ...counts,
    text: 'most changes that wait',
    default: 500,
    withoutEffect: queues,
  },
  save_tasks_to_launch_timeout: {
    ...times,
    text: 'most time for storing what is about to be launched',
    default: 3_000,
    withoutEffect: 'nothing is launched before it is stored',
  },
  scale_apps_initial_delay: {
    ...times,
    text: 'wait before instances are first counted',
    default: 15_000,
    withoutEffect: 'instances are counted whenever something changes',
  },
  scale_apps_interval: {
    ...times,
    text: 'time between two counts',
    default: 300_000,
    withoutEffect: 'instances are counted whenever something changes',
  },
  task_lost_expunge_initial_delay: {
    ...times,
    text: 'wait before lost tasks are first looked for',
    default: 300_000,
    withoutEffect: 'each instance has its own deadline, by its unreachableStrategy',
  },
  task_lost_expunge_interval: {
    ...times,
    text: 'time between two looks',
    default: 30_000,
    withoutEffect: 'each instance has its own deadline, by its unreachableStrategy',
  },
  task_lost_expunge_gc: {
    ...times,
    text: 'time after which a lost task is forgotten',
    default: 86_400_000,
    withoutEffect: 'each instance has its own deadline, by its unreachableStrategy',
  },
  graceful_shutdown_timeout: {
    ...times,
    text: 'most time for a clean end',
    default: 45_000,
    withoutEffect: 'a clean end takes what was accepted to its end, within 20 s',
  },
  zk_connection_timeout: {
    ...times,
    text: 'most time for the first connection to ZooKeeper',
    default: 10_000,
    withoutEffect: 'ZooKeeper is tried until it answers; meanwhile the log says why it does not',
  },
  zk_max_node_size: {
    ...common,
    kind: 'bytes',
    text: 'most that is kept in one node',
    default: 1_024_000,
    withoutEffect: 'what is stored is cut into nodes of 100 kB at most',
  },
  zk_operation_max_retries: {
    ...counts,
    text: 'how often a request to ZooKeeper is repeated',
    default: 5,
    withoutEffect: zooKeeperRetries,
  },
  zk_operation_base_retry_sleep_ms: {
    ...times,
    text: 'wait before the first repetition',
    default: 10,
    withoutEffect: zooKeeperRetries,
  },
  storage_compaction_interval: {
    ...common,
    kind: 'seconds',
    text: 'time between two looks for versions that nobody needs',
    default: 30,
    withoutEffect: 'versions are removed as soon as there are too many',
  },
  storage_compaction_scan_batch_size: {
    ...counts,
    text: 'how many are looked at at a time',
    default: 32,
    withoutEffect: 'versions are removed as soon as there are too many',
  },
  store_cache: {
    ...switches,
    text: 'keep what is stored in memory as well',
    default: true,
    withoutEffect: 'the state is always in memory and in the store',
  },
  group_versions_cache_size: {
    ...counts,
    text: 'versions of groups that are kept in memory',
    default: 1000,
    withoutEffect: '--zk_max_versions says how many versions there are',
  },
  marathon_store_timeout: {
    ...times,
    text: 'most time for the store; unused since Marathon 0.12',
    withoutEffect: requests,
  },
  instance_tracker_update_request_timeout: {
    ...times,
    text: 'limit inside Marathon',
    default: 10_000,
    withoutEffect: requests,
  },
  instance_tracker_query_timeout: {
    ...times,
    text: 'limit inside Marathon',
    default: 10_000,
    withoutEffect: requests,
  },
  task_update_request_timeout: {
    ...times,
    text: 'limit inside Marathon',
    default: 10_000,
    withoutEffect: requests,
  },
  group_manager_request_timeout: {
    ...times,
    text: 'limit inside Marathon',
    default: 10_000,
    withoutEffect: requests,
  },
  deployment_manager_request_timeout: {
    ...times,
    text: 'limit inside Marathon',
    default: 10_000,
    withoutEffect: requests,
  },
  launch_queue_request_timeout: {
    ...times,
    text: 'limit inside Marathon',
    default: 3_000,
    withoutEffect: requests,
  },
  task_operation_notification_timeout: {
    ...times,
    text: 'limit inside Marathon',
    default: 30_000,
    withoutEffect: requests,
  },
  max_actor_startup_time: {
    ...times,
    text: 'limit inside Marathon',
    default: 10_000,
    withoutEffect: requests,
  },
  max_apps: {
    ...counts,
    text: 'most apps',
    defaultText: 'no limit',
    withoutEffect: 'Marathon 1.11 does not enforce it either',
  },
  deprecated_features: {
    ...common,
    kind: 'list',
    text: 'what Marathon had given up and should still do',
    default: [],
    withoutEffect: 'old forms of input are always read',
  },
  metrics: {
    ...switches,
    aliases: ['enable_metrics'],
    text: 'measure the calls of services',
    default: false,
    withoutEffect: 'metrics are always kept, /metrics shows them',
  },
  metrics_averaging_window: {
    ...common,
    kind: 'seconds',
    text: 'window of averages',
    default: 30,
    withoutEffect: histograms,
  },
  metrics_histogram_reservoir_significant_digits: {
    ...counts,
    max: 5,
    text: 'precision of histograms',
    default: 3,
    withoutEffect: histograms,
  },
  metrics_histogram_reservoir_reset_periodically: {
    ...switches,
    text: 'empty them from time to time',
    default: true,
    withoutEffect: histograms,
  },
  metrics_histogram_reservoir_resetting_interval_ms: {
    ...times,
    text: 'how often',
    default: 5_000,
    withoutEffect: histograms,
  },
  metrics_histogram_reservoir_resetting_chunks: {
    ...counts,
    text: 'in how many parts',
    default: 0,
    withoutEffect: histograms,
  },
  tracing: {
    ...switches,
    aliases: ['enable_tracing'],
    text: 'log the calls of services',
    default: false,
    withoutEffect: '--log_level debug and /logging say more',
  },
} as const satisfies FlagTable;
