import type { FlagTable } from './flag.js';

const common = { group: 'Times and limits', commands: ['up', 'scheduler'], marathon: true } as const;

/** Times and limits of the scheduler. */
export const tuningFlags = {
  task_launch_confirm_timeout: {
    ...common,
    kind: 'milliseconds',
    text: 'a task that Mesos has not confirmed for so long is given up',
    default: 300_000,
  },
  task_launch_timeout: {
    ...common,
    kind: 'milliseconds',
    text: 'a task that is not running for so long after its launch is killed',
    default: 300_000,
  },
  reconciliation_initial_delay: {
    ...common,
    kind: 'milliseconds',
    text: 'wait before the first reconciliation of tasks with Mesos',
    default: 15_000,
  },
  reconciliation_interval: {
    ...common,
    kind: 'milliseconds',
    text: 'time between reconciliations',
    default: 600_000,
    min: 1,
  },
  decline_offer_duration: {
    ...common,
    kind: 'milliseconds',
    text: 'how long Mesos keeps a declined offer back',
    default: 120_000,
  },
  min_revive_offers_interval: {
    ...common,
    kind: 'milliseconds',
    text: 'least time between two requests for all offers (embedded cluster: 500)',
    default: 5_000,
  },
  max_instances_per_offer: {
    ...common,
    kind: 'integer',
    aliases: ['max_tasks_per_offer'],
    text: 'most instances that are launched from one offer',
    default: 5,
    min: 1,
  },
  suppress_offers: {
    ...common,
    kind: 'boolean',
    toggle: true,
    text: 'ask Mesos for no offers while nothing waits',
    default: true,
  },
  launch_tokens: {
    ...common,
    kind: 'integer',
    text: 'most launches at a time; each that has become running and healthy lets another one follow',
    default: 100,
    min: 1,
  },
  launch_token_refresh_interval: {
    ...common,
    kind: 'milliseconds',
    text: 'time after which as many launches may follow without that',
    default: 30_000,
    min: 1,
  },
  offer_matching_timeout: {
    ...common,
    kind: 'milliseconds',
    text: 'how long offers are kept while launches wait for those before them',
    default: 3_000,
  },
  accepted_resource_roles_default_behavior: {
    ...common,
    kind: 'choice',
    choices: ['any', 'unreserved', 'reserved'],
    text: 'resources that apps use which do not say acceptedResourceRoles: all, those of no role, those of their role',
    default: 'any',
  },
  default_accepted_resource_roles: {
    ...common,
    kind: 'list',
    text: 'the same in the words of Marathon 0.15: *, the role of --mesos_role, or both',
  },
  maintenance_mode: {
    ...common,
    kind: 'boolean',
    toggle: true,
    text: 'launch nothing on agents whose maintenance Mesos announces, while it lasts',
    default: true,
  },
  draining_seconds: {
    ...common,
    kind: 'seconds',
    text: 'launch nothing there so long before the maintenance begins',
    default: 0,
  },
  kill_retry_timeout: {
    ...common,
    kind: 'milliseconds',
    aliases: ['killBatchDuration'],
    text: 'a kill without effect is sent again after this time',
    default: 30_000,
    min: 1,
  },
  max_running_deployments: {
    ...common,
    kind: 'integer',
    text: 'most deployments at a time',
    default: 100,
    min: 1,
  },
  max_concurrent_marathon_health_checks: {
    ...common,
    kind: 'integer',
    text: 'most health checks that are under way at a time',
    default: 256,
    min: 1,
  },
  zk_max_versions: {
    ...common,
    kind: 'integer',
    text: 'versions of each app, pod and group that are kept, in the embedded store too',
    default: 50,
    min: 1,
  },
} as const satisfies FlagTable;
