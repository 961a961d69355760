import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { messageOf, UsageError } from '../../common/errors.js';
import type { Environment } from '../settings.js';
import { readBambooConfig } from './bamboo-config.js';
import type { BambooConfig } from './bamboo-config.js';
import { parseGoWords } from './go-words.js';
import { optionWords } from './original-call.js';
import type { OriginalCall, Presets } from './original-call.js';
import { ownWords } from './own-words.js';

export const bambooHelp = `Usage of bamboo:
  -bind string
        address of the rules API and UI (default ":8000")
  -config string
        path of the configuration, JSON (default "config/development.json")
  -log string
        file to which messages are added as well
Keys of the configuration in any case: Marathon{Endpoint,User,Password,UseEventStream}, Bamboo{Endpoint,Zookeeper{Host,Path}},
HAProxy{TemplatePath,OutputPath,ReloadCommand,ReloadValidationCommand,ReloadCleanupCommand}; each may be set in the environment as
with Bamboo. Without a ReloadCommand HAProxy is run and replaced by this program, without the loss of a connection: what we advise.
Options of "ekiden lb", written with _, may stand among these.
`;

/** Reads the words, the file and the environment of Bamboo (lb.md §D.1); a text when help is asked for. Throws UsageError. */
export function readBamboo(
  words: readonly string[],
  environment: Environment,
  convertTemplate: (path: string) => string | undefined,
  readFile: (path: string) => string = (path) => readFileSync(path, 'utf8'),
): OriginalCall | string {
  const own: string[] = [];
  const given = parseGoWords(
    { config: 'text', log: 'text', bind: 'text', h: 'boolean', help: 'boolean' },
    words,
    (name, word, rest) => {
      const found = ownWords(name, word.replace(/^--?/, '--'), rest);
      own.push(...(found ?? []));
      return found !== undefined;
    },
  );
  if (given.get('h') === 'true' || given.get('help') === 'true') return bambooHelp;
  const path = given.get('config') ?? 'config/development.json';
  const config = readBambooConfig(contentOf(path, readFile), path, environment);
  const { marathon, haproxy, statsd } = config;
  if (marathon.endpoints.length === 0)
    throw new UsageError(`${path}: Marathon.Endpoint is missing: http://leader:8080`);
  if (haproxy.reloadCommand !== '' && haproxy.outputPath === '') {
    throw new UsageError(
      `${path}: HAProxy.OutputPath is missing: the file that HAProxy.ReloadCommand makes HAProxy read`,
    );
  }
  const isExternal = haproxy.reloadCommand !== '';
  const workDir = isExternal ? join(dirname(haproxy.outputPath), 'ekiden') : './.ekiden';
  const template = templateOf(haproxy.templatePath, workDir, convertTemplate);
  const log = given.get('log');
  return {
    name: 'bamboo',
    run: 'follow',
    argv: [...optionWords({ marathon: marathon.endpoints.join(','), ...bindAddress(given.get('bind')) }), ...own],
    presets: {
      host: '0.0.0.0',
      lb_port: '8000',
      work_dir: workDir,
      marathon_credentials: marathon.user === '' ? undefined : `${marathon.user}:${marathon.password}`,
      callback_url: callbackUrl(config),
      rules_zk: rulesAddress(config),
      haproxy_template: template.path,
      lb_default_rule: 'bamboo',
      lb_settings_from: 'none',
      lb_health: 'ignore',
      lb_statsd: statsd.enabled && statsd.host !== '' ? statsd.host : undefined,
      lb_statsd_prefix: statsd.prefix,
      haproxy_stats_path: '/haproxy_stats',
      haproxy_stats_credentials: 'admin:admin',
    },
    external: isExternal
      ? {
          configPath: resolve(haproxy.outputPath),
          validateCommand: haproxy.reloadValidationCommand === '' ? null : haproxy.reloadValidationCommand,
          reloadCommand: haproxy.reloadCommand,
          cleanupCommand: haproxy.reloadCleanupCommand === '' ? null : haproxy.reloadCleanupCommand,
          effect: 'reload',
        }
      : undefined,
    files: template.files,
    logFile: log === undefined || log === '' ? undefined : resolve(log),
    warnings: [
      ...(!isExternal && haproxy.outputPath !== ''
        ? ['HAProxy.OutputPath is without effect: there is no HAProxy.ReloadCommand, so HAProxy is run here']
        : []),
    ],
  };
}

function contentOf(path: string, readFile: (path: string) => string): string {
  try {
    return readFile(path);
  } catch (error) {
    throw new UsageError(`-config ${path} cannot be read: ${messageOf(error)}`);
  }
}

/** `:8000`, `127.0.0.1:8000`. */
function bindAddress(bind: string | undefined): Presets {
  if (bind === undefined) return {};
  const [, host, port] = /^(?:\[?([^\]]*?)\]?):(\d{1,5})$/.exec(bind) ?? [];
  if (port === undefined) throw new UsageError(`-bind ${bind}: not address:port`);
  return { lb_port: port, ...(host === undefined || host === '' ? {} : { host }) };
}

function callbackUrl({ marathon, bamboo }: BambooConfig): string | undefined {
  if (marathon.useEventStream || bamboo.endpoint === '') return undefined;
  return `${bamboo.endpoint.replace(/\/+$/, '')}/api/marathon/event_callback`;
}

function rulesAddress({ bamboo }: BambooConfig): string | undefined {
  const { zookeeperHost, zookeeperPath } = bamboo;
  if (zookeeperHost === '') return undefined;
  const hosts = zookeeperHost.replace(/^zk:\/\//, '').replace(/\/+$/, '');
  return `zk://${hosts}/${zookeeperPath.replace(/^\/+/, '')}`;
}

/** The template: one of ours as it is, one of Bamboo's (of Go) converted and kept in the work directory. */
function templateOf(
  path: string,
  workDir: string,
  convertTemplate: (path: string) => string | undefined,
): { readonly path: string | undefined; readonly files: OriginalCall['files'] } {
  if (path === '') return { path: undefined, files: [] };
  const text = convertTemplate(path);
  if (text === undefined) return { path, files: [] };
  const converted = resolve(workDir, 'bamboo-template.hbs');
  return { path: converted, files: [{ path: converted, text }] };
}
