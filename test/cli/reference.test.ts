import t from 'tap';
import { existsSync, readFileSync } from 'node:fs';
import { UsageError } from '../../src/common/errors.js';
import { flagNamed, flagOf, marathonFlagsNotYet } from '../../src/cli/flags.js';
import { resolveSettings } from '../../src/cli/settings.js';

/** The options of Marathon 1.11 and of the seed era, which scripts of then and now pass (marathon.md §15.2). */
const marathon = `
master mesos_leader_ui_url failover_timeout ha disable_ha checkpoint disable_checkpoint local_port_min local_port_max executor
hostname webui_url http_max_concurrent_requests access_control_allow_origin mesos_role new_group_enforce_role
default_accepted_resource_roles accepted_resource_roles_default_behavior graceful_shutdown_timeout task_launch_confirm_timeout
task_launch_timeout task_reservation_timeout reconciliation_initial_delay reconciliation_interval scale_apps_initial_delay
scale_apps_interval mesos_user framework_name mesos_authentication mesos_authentication_principal
mesos_authentication_secret_file mesos_authentication_secret env_vars_prefix max_apps on_elected_prepare_timeout
leader_election_backend mesos_heartbeat_interval mesos_heartbeat_failure_threshold draining_seconds maintenance_mode
gpu_scheduling_behavior max_concurrent_marathon_health_checks zk zk_timeout zk_session_timeout zk_connection_timeout
zk_compression disable_zk_compression zk_compression_threshold zk_max_node_size zk_max_versions zk_operation_max_retries
zk_operation_base_retry_sleep_ms zk_max_concurrency internal_store_backend storage_compaction_interval
storage_compaction_scan_batch_size group_versions_cache_size store_cache backup_location http_address http_port https_address
https_port disable_http ssl_keystore_path ssl_keystore_password http_credentials http_realm http_compression
disable_http_compression assets_path leader_proxy_connection_timeout leader_proxy_read_timeout leader_proxy_ssl_ignore_hostname
leader_proxy_max_open_connections enable_features deprecated_features mesos_bridge_name default_network_name launch_tokens
launch_token_refresh_interval max_instances_per_offer max_tasks_per_offer offer_matching_timeout max_parallel_offers
max_queued_offers decline_offer_duration min_revive_offers_interval suppress_offers disable_suppress_offers
mesos_offer_constraints min_mesos_offer_constraints_update_interval kill_chunk_size kill_retry_timeout killsPerBatch
killBatchDuration task_lost_expunge_initial_delay task_lost_expunge_interval max_parallel_status_updates
max_queued_status_updates task_update_request_timeout instance_tracker_update_request_timeout instance_tracker_query_timeout
event_stream_max_outstanding_messages max_queued_root_group_updates group_manager_request_timeout
deployment_manager_request_timeout launch_queue_request_timeout task_operation_notification_timeout max_actor_startup_time
max_running_deployments plugin_dir plugin_conf metrics_name_prefix metrics_prometheus disable_metrics_prometheus metrics_statsd
metrics_statsd_host metrics_statsd_port metrics_statsd_transmission_interval_ms metrics_datadog metrics_datadog_protocol
metrics_datadog_host metrics_datadog_port metrics_datadog_api_key metrics_datadog_transmission_interval_ms
metrics_histogram_reservoir_significant_digits metrics_histogram_reservoir_reset_periodically
metrics_histogram_reservoir_resetting_interval_ms metrics_histogram_reservoir_resetting_chunks metrics_averaging_window
logging_level logstash sentry sentry_tags
event_subscriber http_endpoints http_event_callback_slow_consumer_timeout artifact_store marathon_store_timeout
save_tasks_to_launch_timeout revive_offers_repetitions disable_revive_offers_for_new_apps max_tasks_per_offer_cycle
reporter_graphite reporter_datadog enable_tracing disable_tracing task_lost_expunge_gc enable_metrics zk_hosts zk_state
`
  .trim()
  .split(/\s+/);

function isKnown(option: string): boolean {
  const name = flagNamed(option);
  return name === undefined ? option in marathonFlagsNotYet : flagOf(name).marathon === true;
}

t.test('every option of Marathon is known, or refused with a reason', async (t) => {
  for (const option of marathon) t.ok(isKnown(option), option);
});

const reference = process.env['EKIDEN_REFERENCE'] ?? '../shared/reference/marathon.md';
const skip = !existsSync(reference) && `${reference} is not there`;
t.test('so is every option that the reference names', { skip }, async (t) => {
  const [, section = ''] = /^### 15\.2[^\n]*\n([\s\S]*?)\n---/m.exec(readFileSync(reference, 'utf8')) ?? [];
  const rows = [...section.matchAll(/^\| ([^|]+) \|/gm)].flatMap(([, cell = '']) => optionsOf(cell));
  const seed = [...section.matchAll(/--([a-z_]+)/g)].map(([, name = '']) => name);
  const named = [...new Set([...rows, ...seed])];
  t.ok(named.length > 100, `${named.length} options`);
  for (const option of named) t.ok(isKnown(option), option);
});

/** The options of one cell: `a / b`, `a_x / _y` (of which the second begins like the first), `a, b`, `a_*`, `a ([0.15] b)`. */
function optionsOf(cell: string): string[] {
  const options: string[] = [];
  for (const word of cell.split(/[\s,/+()]+/)) {
    if (/^[a-z][a-z_]*_[a-z_]+$|^(?:master|ha|checkpoint|executor|hostname|zk|logstash|sentry)$/.test(word))
      options.push(word);
    else if (/^_[a-z_]+$/.test(word)) {
      const base = (options[0] ?? '').split('_');
      const candidates = base.map((_, length) => `${base.slice(0, length + 1).join('_')}${word}`);
      options.push(candidates.find(isKnown) ?? `${options[0]}${word}`);
    }
  }
  return options;
}

t.test('what is not there is refused with a reason, and warned about in the environment', async (t) => {
  for (const [option, advice] of Object.entries(marathonFlagsNotYet)) {
    t.throws(
      () => resolveSettings('scheduler', ['--master=m:1', `--${option}`, 'x'], {}, () => undefined),
      new UsageError(`--${option} of Marathon is not supported yet: leave it out (${advice})`),
    );
    const invocation = resolveSettings('up', [], { [`MARATHON_${option.toUpperCase()}`]: 'x' }, () => undefined);
    t.match(invocation?.warnings.join(), new RegExp(`^MARATHON_${option.toUpperCase()} is ignored, `));
  }
});
