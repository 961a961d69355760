import { UsageError } from '../../common/errors.js';
import type { Environment } from '../settings.js';

/** The configuration file of Bamboo (lb.md §D.1) with what the environment changes in it; empty texts = not given. */
export interface BambooConfig {
  readonly marathon: {
    readonly endpoints: readonly string[];
    readonly user: string;
    readonly password: string;
    readonly useEventStream: boolean;
  };
  readonly bamboo: { readonly endpoint: string; readonly zookeeperHost: string; readonly zookeeperPath: string };
  readonly haproxy: {
    readonly templatePath: string;
    readonly outputPath: string;
    readonly reloadCommand: string;
    readonly reloadValidationCommand: string;
    readonly reloadCleanupCommand: string;
  };
  readonly statsd: { readonly enabled: boolean; readonly host: string; readonly prefix: string };
}

/** The value of a key in any case, as Go finds it: the exact one first. */
function member(object: unknown, key: string): unknown {
  if (typeof object !== 'object' || object === null || Array.isArray(object)) return undefined;
  const entries = Object.entries(object);
  const found =
    entries.find(([name]) => name === key) ?? entries.find(([name]) => name.toLowerCase() === key.toLowerCase());
  return found?.[1];
}

const trueWords = /^(?:1|t|true)$/i;

/** Reads the text of the file, named `path` in messages. Of the environment what is not empty wins. Throws UsageError. */
export function readBambooConfig(text: string, path: string, environment: Environment): BambooConfig {
  let file: unknown;
  try {
    file = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new UsageError(`${path} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (typeof file !== 'object' || file === null || Array.isArray(file)) {
    throw new UsageError(`${path} is not a JSON object such as {"Marathon": {"Endpoint": "http://leader:8080"}, …}`);
  }
  const fromEnvironment = (variable: string): string | undefined => {
    const value = environment[variable];
    return value === undefined || value === '' ? undefined : value;
  };
  const value = (keys: readonly string[], type: 'string' | 'boolean'): unknown => {
    const found = keys.reduce<unknown>(member, file);
    if (found === undefined || found === null || typeof found === type) return found;
    throw new UsageError(`${path}: ${keys.join('.')} is not a ${type === 'string' ? 'text' : 'boolean'}`);
  };
  const string = (variable: string | undefined, ...keys: string[]): string => {
    const given = variable === undefined ? undefined : fromEnvironment(variable);
    return given ?? (value(keys, 'string') as string | undefined | null) ?? '';
  };
  const boolean = (variable: string, ...keys: string[]): boolean => {
    const given = fromEnvironment(variable);
    return given === undefined ? value(keys, 'boolean') === true : trueWords.test(given);
  };
  const list = (joined: string): string[] =>
    joined
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
  return {
    marathon: {
      endpoints: list(string('MARATHON_ENDPOINT', 'Marathon', 'Endpoint')),
      user: string('MARATHON_USER', 'Marathon', 'User'),
      password: string('MARATHON_PASSWORD', 'Marathon', 'Password'),
      useEventStream: boolean('MARATHON_USE_EVENT_STREAM', 'Marathon', 'UseEventStream'),
    },
    bamboo: {
      endpoint: bambooEndpoint(environment, string('BAMBOO_ENDPOINT', 'Bamboo', 'Endpoint')),
      zookeeperHost: string('BAMBOO_ZK_HOST', 'Bamboo', 'Zookeeper', 'Host'),
      zookeeperPath: string('BAMBOO_ZK_PATH', 'Bamboo', 'Zookeeper', 'Path'),
    },
    haproxy: {
      templatePath: string('HAPROXY_TEMPLATE_PATH', 'HAProxy', 'TemplatePath'),
      outputPath: string('HAPROXY_OUTPUT_PATH', 'HAProxy', 'OutputPath'),
      reloadCommand: string('HAPROXY_RELOAD_CMD', 'HAProxy', 'ReloadCommand'),
      reloadValidationCommand: string('HAPROXY_RELOAD_VALIDATION_CMD', 'HAProxy', 'ReloadValidationCommand'),
      reloadCleanupCommand: string('HAPROXY_RELOAD_CLEANUP_CMD', 'HAProxy', 'ReloadCleanupCommand'),
    },
    statsd: {
      enabled: boolean('STATSD_ENABLED', 'StatsD', 'Enabled'),
      host: string('STATSD_HOST', 'StatsD', 'Host'),
      prefix: string('STATSD_PREFIX', 'StatsD', 'Prefix'),
    },
  };
}

/** In Bamboo's image `BAMBOO_DOCKER_AUTO_HOST` says that it is reached at the host that the scheduler names in `HOST`. */
function bambooEndpoint(environment: Environment, endpoint: string): string {
  const { BAMBOO_DOCKER_AUTO_HOST: auto, HOST: host } = environment;
  if (auto === undefined || auto === '' || host === undefined || host === '') return endpoint;
  return `http://${host}:8000`;
}
