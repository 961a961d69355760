import { accepts, defaultOf, environmentNames, flagNames, flagOf, roleNames } from '../flags.js';
import type { FlagName, RoleName, Settings, SettingValue } from '../flags.js';
import { formatValue } from '../flag-values.js';
import { authority } from '../addresses.js';
import { apiUrls } from '../api-urls.js';
import { clusterHost } from '../commands/cluster.js';
import type { Invocation } from '../settings.js';
import { shownValue } from '../shown-flags.js';
import type { RoleSpec } from './supervisor.js';

/** The interval protects a large cluster's allocator; one agent is asked as often as something waits. */
const embeddedReviveIntervalMs = 500;

/**
 * The roles of `up` and their order. The cluster comes first because all others need it, and goes last because it ends the tasks:
 * the scheduler must be gone by then, or it would start them again elsewhere. HAProxy ends while its servers still answer.
 * `ownCertificate` is the API's certificate as PEM file, when it is served by TLS alone from a keystore.
 */
export function planRoles(
  { settings, given }: Invocation,
  workDir: string,
  mainPath: string,
  ownCertificate?: string,
): { roles: RoleSpec[]; startSteps: RoleName[][]; stopSteps: RoleName[][] } {
  const embedded = settings.master === undefined;
  const present = roleNames.filter((role) => embedded || role !== 'cluster');
  const overrides = roleOverrides(settings, workDir, ownCertificate);
  if (embedded && !given.has('min_revive_offers_interval')) {
    overrides.scheduler = { ...overrides.scheduler, min_revive_offers_interval: embeddedReviveIntervalMs };
  }
  const only = (step: RoleName[]): RoleName[] => step.filter((role) => present.includes(role));
  return {
    roles: present.map((name) => {
      const { args, environment } = roleCommandLine(name, settings, given, overrides[name]);
      return {
        name,
        file: process.execPath,
        args: [mainPath, name, ...args],
        environment,
        // The scheduler owns nothing that outlives it; the cluster is given time for the grace periods of the tasks.
        stopScope: name === 'scheduler' ? 'self' : 'everything',
        stopLimitMs: name === 'cluster' ? 15_000 : 10_000,
      };
    }),
    startSteps: [['cluster'], ['scheduler', 'dns', 'lb']].map((step) => only(step as RoleName[])),
    stopSteps: [['scheduler'], ['lb', 'dns'], ['cluster']].map((step) => only(step as RoleName[])),
  };
}

type Overrides = Partial<Record<FlagName, SettingValue>>;

/** What a role is told beyond the settings of `up`: where the others are, and to log for the supervisor. */
function roleOverrides(
  settings: Settings,
  workDir: string,
  ownCertificate: string | undefined,
): Record<RoleName, Overrides> {
  const mesosHost = clusterHost(settings.host);
  // A master that is one of several is found where they announce themselves: the one that leads may be another node's.
  const embedded = settings.cluster_zk ?? authority(mesosHost, settings.cluster_port);
  const master = settings.master ?? [embedded];
  const common: Overrides = { work_dir: workDir, log_format: 'json' };
  const hostname = settings.hostname ?? mesosHost;
  const credentials = settings.marathon_credentials ?? settings.http_credentials;
  // With its own certificate the API is trusted under whatever address it has.
  const trusted = settings.marathon_ca ?? settings.ssl_certificate_path ?? ownCertificate;
  const marathon: Overrides = {
    marathon: [apiUrls(settings)[0]],
    ...(credentials === undefined ? {} : { marathon_credentials: credentials }),
    ...(trusted === undefined ? {} : { marathon_ca: trusted }),
  };
  return {
    cluster: { ...common, host: mesosHost, hostname },
    scheduler: { ...common, master, hostname },
    dns: { ...common, master, ...marathon },
    lb: { ...common, ...marathon },
  };
}

/** Variables that set options, and may hold secrets: a role is told what it needs, and inherits none of them. */
const optionVariables = flagNames
  .flatMap((name) => environmentNames(name, 'scheduler').flat())
  .map(([variable]) => variable);

/**
 * The arguments of one role, and for secrets its environment: every option that was given or whose value is not the role's own
 * default.
 */
function roleCommandLine(
  role: RoleName,
  settings: Settings,
  given: ReadonlySet<FlagName>,
  overrides: Overrides,
): { args: string[]; environment: Record<string, string | undefined> } {
  const args: string[] = [];
  const environment: Record<string, string | undefined> = Object.fromEntries(
    optionVariables.map((variable) => [variable, undefined]),
  );
  for (const name of flagNames.filter((candidate) => accepts(role, candidate))) {
    // What the files of the directory say is told like everything else that was given.
    if (name === 'conf_dir') continue;
    const value = overrides[name] ?? settings[name];
    if (value === undefined) continue;
    const text = formatValue(value);
    const own = defaultOf(name, role);
    const repeat = name in overrides || given.has(name) || own === undefined || text !== formatValue(own);
    if (!repeat) continue;
    if (!holdsSecret(name, value)) args.push(`--${name}=${text}`);
    else if (flagOf(name).commands.includes(role)) environment[`EKIDEN_${name.toUpperCase()}`] = text;
  }
  return { args, environment };
}

/** Whether a value must not be seen by other users of this machine, as arguments are. */
function holdsSecret(name: FlagName, value: NonNullable<SettingValue>): boolean {
  const shown = shownValue(name, value);
  return shown === undefined || formatValue(shown) !== formatValue(value);
}
