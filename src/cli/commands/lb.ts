import { resolve } from 'node:path';
import type { LbOptions } from '../../lb/options.js';
import { convertTemplateFile } from '../convert-template-file.js';
import { findProgram } from '../find-program.js';
import type { Settings } from '../flags.js';
import { assignedPorts, readHostClaim, readPortRange, readStatsd } from '../lb-values.js';
import { runRole } from '../run-role.js';
import type { Invocation } from '../settings.js';
import { splitCredentials } from '../split-credentials.js';

/** `haproxyPath` is the program that was found, the setting itself when there was none. */
export function lbOptions(settings: Settings, haproxyPath: string): LbOptions {
  const absolute = (path: string | undefined): string | undefined => (path === undefined ? undefined : resolve(path));
  return {
    host: settings.host,
    lbPort: settings.lb_port,
    apiCredentials: splitCredentials(settings.lb_credentials),
    bindAddress: settings.haproxy_bind ?? settings.host,
    haproxyHttpPort: settings.haproxy_http_port,
    haproxyHttpsPort: settings.haproxy_https_port,
    httpsPublicPort: settings.haproxy_https_public_port,
    haproxyStatsPort: settings.haproxy_stats_port,
    haproxyAppIdPort: settings.haproxy_appid_port ?? 0,
    bindsHttpAndHttps: settings.bind_http_https,
    isStrictSni: settings.haproxy_strict_sni,
    statsCredentials: splitCredentials(settings.haproxy_stats_credentials),
    statsPath: settings.haproxy_stats_path,
    schedulers: settings.marathon ?? [],
    credentials: splitCredentials(settings.marathon_credentials),
    caFile: absolute(settings.marathon_ca),
    callbackUrl: settings.callback_url,
    pollSeconds: settings.lb_poll_seconds,
    workDir: resolve(settings.work_dir),
    haproxyPath,
    templatePath: absolute(settings.haproxy_template),
    rulesFile: absolute(settings.rules_file),
    rulesZk: settings.rules_zk,
    certificates: settings.ssl_certs?.map((path) => resolve(path)) ?? [],
    bindAddresses: settings.bind_addresses,
    servicePorts: settings.service_port_allow.map((text) => readPortRange('service_port_allow', text)),
    assignedPorts: assignedPorts(settings.min_serv_port_ip_per_task, settings.max_serv_port_ip_per_task),
    groups: settings.lb_group,
    isStrict: settings.lb_strict,
    settingsFrom: settings.lb_settings_from,
    templateLabels: settings.lb_template_labels,
    health: settings.lb_health,
    defaultRule: settings.lb_default_rule,
    emptyServices: settings.lb_empty_services,
    hostClaims: settings.lb_host_claims.map(readHostClaim),
    statsd: settings.lb_statsd === undefined ? undefined : readStatsd(settings.lb_statsd, settings.lb_statsd_prefix),
    reloadIntervalMs: settings.reload_interval,
    hardStopAfterSeconds: settings.hard_stop_after,
    maxOldProcesses: settings.max_old_haproxys,
    archivedConfigs: settings.config_archive,
  };
}

export async function run({ settings, warnings }: Invocation): Promise<number> {
  if (settings.convert_template !== undefined) return convertTemplateFile(settings.convert_template);
  const haproxyPath = findProgram(settings.haproxy_path, process.env['PATH'] ?? '');
  return runRole({
    role: 'lb',
    logLevel: settings.log_level,
    logFormat: settings.log_format,
    warnings,
    ...(haproxyPath === undefined ? { degraded: haproxyMissing(settings.haproxy_path) } : {}),
    start: async (context) => {
      const { startLb } = await import('../../lb/start.js');
      const lb = await startLb(lbOptions(settings, haproxyPath ?? settings.haproxy_path), context);
      return settings.keep_haproxy ? { stop: () => lb.stop('self') } : lb;
    },
  });
}

/** What the role does without, when there is no such program. */
export function haproxyMissing(program: string): string {
  if (program !== 'haproxy') return `--haproxy_path ${program} cannot be run, so nothing routes to the apps`;
  return 'HAProxy is not installed, so nothing routes to the apps; it is used as soon as it is there: sudo apt-get install -y --no-install-recommends haproxy';
}
