import { UsageError } from '../common/errors.js';
import { withoutCredentials } from '../common/redact.js';
import { pathOfFileUri } from '../scheduler/backup/file-uri.js';
import { parseZooKeeperAddress } from '../zookeeper/address.js';
import { isLoopback } from './addresses.js';
import { defaultAcceptedRoles } from './default-accepted-roles.js';
import { formatValue } from './flag-values.js';
import { accepts, defaultOf, flagNames, flagOf, isFlagName, readsMarathon } from './flags.js';
import type { CommandName, FlagName, Settings } from './flags.js';
import { metricsOptions } from './metrics-options.js';

/** Throws UsageError, one line, for options of `command` that are right one by one and do not go together. */
export function checkTogether(command: CommandName, settings: Settings): void {
  refuseMissing(command, settings);
  refuseImpossible(command, settings);
  if (settings.local_port_min > settings.local_port_max) {
    throw new UsageError(
      `--local_port_min ${settings.local_port_min} is above --local_port_max ${settings.local_port_max}`,
    );
  }
  if (readsMarathon(command)) {
    checkTls(settings);
    refuseHalf(settings, 'plugin_dir', 'plugin_conf');
    checkArtifactStore(settings.artifact_store);
    checkBackupLocation(settings.backup_location);
    // Whatever cannot be made of the settings is refused here rather than when the role starts.
    metricsOptions(settings);
    defaultAcceptedRoles(settings);
  }
  checkMesosAuthentication(settings);
  if (command === 'up') {
    refuseEqualPorts(settings);
    if (settings.mesos_tls && settings.master === undefined) {
      throw new UsageError(
        '--mesos_tls needs --master as well: the embedded master does not speak TLS, and would not be reached',
      );
    }
  }
}

/** With an access control list the load balancer of `up` is somebody, too. */
function namelessLoadBalancer(command: CommandName, settings: Settings): string[] {
  const named = settings.marathon_credentials !== undefined || settings.http_credentials !== undefined;
  if (command !== 'up' || settings.acl_file === undefined || named) return [];
  return [
    '--acl_file without --marathon_credentials: the load balancer follows the scheduler as anonymous, which must be allowed to view ' +
      'events; give it a user who is',
  ];
}

/** Schedulers on several machines pass requests on to the address that the leader has given; its own loopback is nowhere. */
function unreachableLeader(command: CommandName, settings: Settings): string[] {
  if (!readsMarathon(command) || settings.zk === undefined || !settings.ha) return [];
  const address = settings.hostname ?? settings.host;
  const { servers } = parseZooKeeperAddress(settings.zk);
  if (!isLoopback(address) || servers.every(({ host }) => isLoopback(host))) return [];
  return [
    `--zk with --${settings.hostname === undefined ? 'host' : 'hostname'} ${address}: when this scheduler leads, others look for it there, on their own machine; ` +
      'give --host 0.0.0.0, and as --hostname the name or address by which this machine is reached',
  ];
}

/**
 * What was given and does not do what it seems to, one line each: options without effect that ask for something other than what always
 * holds, options of a feature that is not switched on, and what keeps another role from its work.
 */
export function warningsOf(command: CommandName, settings: Settings, given: ReadonlySet<FlagName>): string[] {
  return [
    ...withoutEffect(command, settings, given),
    ...withoutCluster(command, settings, given),
    ...namelessLoadBalancer(command, settings),
    ...unreachableLeader(command, settings),
  ];
}

function withoutEffect(command: CommandName, settings: Settings, given: ReadonlySet<FlagName>): string[] {
  return [...given].flatMap((name) => {
    const { withoutEffect: reason, needs } = flagOf(name);
    if (!flagOf(name).commands.includes(command)) return [];
    if (reason !== undefined && differs(name, command, settings)) {
      return [`--${name} is accepted, without effect: ${reason}`];
    }
    return needs !== undefined && settings[name] !== false && isFlagName(needs) && isOff(settings, needs)
      ? [`--${name} is without effect: --${needs} is not given`]
      : [];
  });
}

/** What only the embedded cluster would heed, where tasks run in another one. */
function withoutCluster(command: CommandName, settings: Settings, given: ReadonlySet<FlagName>): string[] {
  if (command !== 'up' || settings.master === undefined) return [];
  const isOfCluster = (name: FlagName): boolean =>
    flagOf(name).commands.every((owner) => owner === 'up' || owner === 'cluster') && accepts('cluster', name);
  return [...given]
    .filter(isOfCluster)
    .map((name) => `--${name} is without effect: with --master there is no embedded cluster`);
}

function isOff(settings: Settings, name: FlagName): boolean {
  return settings[name] === undefined || settings[name] === false;
}

function differs(name: FlagName, command: CommandName, settings: Settings): boolean {
  const [value, usual] = [settings[name], defaultOf(name, command)];
  return value !== undefined && (usual === undefined || formatValue(value) !== formatValue(usual));
}

function refuseMissing(command: CommandName, settings: Settings): void {
  // Nothing is started then.
  if (command === 'lb' && settings.convert_template !== undefined) return;
  for (const name of flagNames) {
    const value = settings[name];
    const missing = value === undefined || (typeof value === 'object' && value.length === 0);
    if (missing && flagOf(name).requiredFor?.includes(command) === true) {
      throw new UsageError(`--${name} is required: ${flagOf(name).text}`);
    }
  }
}

function refuseImpossible(command: CommandName, settings: Settings): void {
  for (const name of flagNames) {
    const { only } = flagOf(name);
    const value = settings[name];
    if (only === undefined || value === undefined || !accepts(command, name) || !differs(name, command, settings))
      continue;
    throw new UsageError(`--${name} ${formatValue(value)}: ${only}`);
  }
}

/** Of two options that go together one alone is a mistake. */
function refuseHalf(settings: Settings, one: FlagName, other: FlagName): void {
  const [has, lacks] = settings[one] === undefined ? [other, one] : [one, other];
  if (settings[has] !== undefined && settings[lacks] === undefined) {
    throw new UsageError(`--${has} needs --${lacks} as well`);
  }
}

function checkTls(settings: Settings): void {
  refuseHalf(settings, 'ssl_keystore_path', 'ssl_keystore_password');
  refuseHalf(settings, 'ssl_certificate_path', 'ssl_key_path');
  if (settings.ssl_keystore_path !== undefined && settings.ssl_certificate_path !== undefined) {
    throw new UsageError('--ssl_keystore_path and --ssl_certificate_path are two ways to say the same: give only one');
  }
  if (settings.disable_http && !servesTls(settings)) {
    throw new UsageError(
      '--disable_http leaves no way to reach the API: give --ssl_keystore_path with --ssl_keystore_password, or --ssl_certificate_path with --ssl_key_path',
    );
  }
}

/** Whether the scheduler serves its API with TLS. */
export function servesTls({ ssl_keystore_path, ssl_certificate_path }: Settings): boolean {
  return ssl_keystore_path !== undefined || ssl_certificate_path !== undefined;
}

function checkMesosAuthentication(settings: Settings): void {
  const { mesos_authentication: asked, mesos_authentication_principal: principal } = settings;
  const { mesos_authentication_secret: secret, mesos_authentication_secret_file: file } = settings;
  if (secret !== undefined && file !== undefined) {
    throw new UsageError(
      '--mesos_authentication_secret and --mesos_authentication_secret_file are two ways to say the same: give only one',
    );
  }
  if ((asked || secret !== undefined || file !== undefined) && principal === undefined) {
    throw new UsageError(
      '--mesos_authentication_principal is missing: masters know a secret by the principal whose it is',
    );
  }
}

function checkArtifactStore(store: string | undefined): void {
  if (store === undefined) return;
  const url = new URL(store);
  if (url.protocol === 'file:' && (url.host !== '' || url.pathname === '/')) {
    throw new UsageError(`--artifact_store ${store}: write file:///directory, with three slashes and an absolute path`);
  }
  if (url.protocol === 'hdfs:' && url.host === '') {
    throw new UsageError(`--artifact_store ${store}: write hdfs://namenode:8020/path?webhdfs=http://namenode:9870`);
  }
}

function checkBackupLocation(location: string | undefined): void {
  if (location === undefined || pathOfFileUri(location) !== undefined) return;
  throw new UsageError(
    `--backup_location ${withoutCredentials(location)}: write file:///directory/file, with three slashes; backups go to files only`,
  );
}

function refuseEqualPorts(settings: Settings): void {
  const seen = new Map<number, FlagName>();
  for (const name of flagNames) {
    if (flagOf(name).kind !== 'port' || name === 'local_port_min' || name === 'local_port_max') continue;
    const port = settings[name] as number | undefined;
    if (port === undefined) continue;
    const other = seen.get(port);
    if (other !== undefined) throw new UsageError(`--${other} and --${name} are both ${port}`);
    seen.set(port, name);
  }
}
