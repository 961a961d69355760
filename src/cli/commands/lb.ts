import { resolve } from 'node:path';
import type { LbOptions } from '../../lb/options.js';
import { findProgram } from '../find-program.js';
import type { Settings } from '../flags.js';
import { runRole } from '../run-role.js';
import type { Invocation } from '../settings.js';
import { splitCredentials } from '../split-credentials.js';

/** `haproxyPath` is the program that was found, the setting itself when there was none. */
export function lbOptions(settings: Settings, haproxyPath: string): LbOptions {
  const absolute = (path: string | undefined): string | undefined => (path === undefined ? undefined : resolve(path));
  return {
    host: settings.host,
    lbPort: settings.lb_port,
    bindAddress: settings.haproxy_bind ?? settings.host,
    haproxyHttpPort: settings.haproxy_http_port,
    haproxyHttpsPort: settings.haproxy_https_port,
    haproxyStatsPort: settings.haproxy_stats_port,
    schedulers: settings.marathon ?? [],
    credentials: splitCredentials(settings.marathon_credentials),
    caFile: absolute(settings.marathon_ca),
    workDir: resolve(settings.work_dir),
    haproxyPath,
    templatePath: absolute(settings.haproxy_template),
    rulesFile: absolute(settings.rules_file),
  };
}

export async function run({ settings, warnings }: Invocation): Promise<number> {
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

function haproxyMissing(program: string): string {
  if (program !== 'haproxy') return `--haproxy_path ${program} cannot be run, so nothing routes to the apps`;
  return 'HAProxy is not installed, so nothing routes to the apps; it is used as soon as it is there: sudo apt-get install -y --no-install-recommends haproxy';
}
