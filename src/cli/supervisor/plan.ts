import { accepts, defaultOf, flagNames, roleNames } from '../flags.js';
import type { FlagName, RoleName, Settings, SettingValue } from '../flags.js';
import { formatValue } from '../flag-values.js';
import { authority, connectHost } from '../addresses.js';
import { clusterHost } from '../commands/cluster.js';
import type { Invocation } from '../settings.js';
import type { RoleSpec } from './supervisor.js';

/** The interval protects a large cluster's allocator; one agent is asked as often as something waits. */
const embeddedReviveIntervalMs = 500;

/**
 * The roles of `up` and their order. The cluster comes first because all others need it, and goes last because it ends the tasks:
 * the scheduler must be gone by then, or it would start them again elsewhere. HAProxy ends while its servers still answer.
 */
export function planRoles(
  { settings, given }: Invocation,
  workDir: string,
  mainPath: string,
): { roles: RoleSpec[]; startSteps: RoleName[][]; stopSteps: RoleName[][] } {
  const embedded = settings.master === undefined;
  const present = roleNames.filter((role) => embedded || role !== 'cluster');
  const overrides = roleOverrides(settings, workDir);
  if (embedded && !given.has('min_revive_offers_interval')) {
    overrides.scheduler = { ...overrides.scheduler, min_revive_offers_interval: embeddedReviveIntervalMs };
  }
  const only = (step: RoleName[]): RoleName[] => step.filter((role) => present.includes(role));
  return {
    roles: present.map((name) => ({
      name,
      file: process.execPath,
      args: [mainPath, name, ...roleArguments(name, settings, given, overrides[name])],
      // The scheduler owns nothing that outlives it; the cluster is given time for the grace periods of the tasks.
      stopScope: name === 'scheduler' ? 'self' : 'everything',
      stopLimitMs: name === 'cluster' ? 15_000 : 10_000,
    })),
    startSteps: [['cluster'], ['scheduler', 'dns', 'lb']].map((step) => only(step as RoleName[])),
    stopSteps: [['scheduler'], ['lb', 'dns'], ['cluster']].map((step) => only(step as RoleName[])),
  };
}

type Overrides = Partial<Record<FlagName, SettingValue>>;

/** What a role is told beyond the settings of `up`: where the others are, and to log for the supervisor. */
function roleOverrides(settings: Settings, workDir: string): Record<RoleName, Overrides> {
  const mesosHost = clusterHost(settings.host);
  const master = settings.master ?? [authority(mesosHost, settings.cluster_port)];
  const scheduler = authority(connectHost(settings.http_address ?? settings.host), settings.http_port);
  const common: Overrides = { work_dir: workDir, log_format: 'json' };
  const hostname = settings.hostname ?? mesosHost;
  return {
    cluster: { ...common, host: mesosHost, hostname },
    scheduler: { ...common, master, hostname },
    dns: { ...common, master },
    lb: { ...common, marathon: [`http://${scheduler}`] },
  };
}

/**
 * The arguments of one role: every option that was given or whose value is not the role's own default. What was given must be
 * repeated even if it equals that default: the environment, which the role inherits, may say otherwise.
 */
function roleArguments(
  role: RoleName,
  settings: Settings,
  given: ReadonlySet<FlagName>,
  overrides: Overrides,
): string[] {
  return flagNames
    .filter((name) => accepts(role, name))
    .flatMap((name) => {
      const value = overrides[name] ?? settings[name];
      if (value === undefined) return [];
      const text = formatValue(value);
      const own = defaultOf(name, role);
      const repeat = name in overrides || given.has(name) || own === undefined || text !== formatValue(own);
      return repeat ? [`--${name}=${text}`] : [];
    });
}
