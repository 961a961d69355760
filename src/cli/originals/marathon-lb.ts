import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { messageOf, UsageError } from '../../common/errors.js';
import type { Environment } from '../settings.js';
import { optionWords } from './original-call.js';
import type { OriginalCall, Presets } from './original-call.js';
import { parsePythonWords } from './python-words.js';
import type { PythonOptions } from './python-words.js';

/** The options of marathon_lb.py (lb.md §C.2). */
export const marathonLbOptions: PythonOptions = {
  long: {
    help: 'flag',
    longhelp: 'flag',
    marathon: 'values',
    'haproxy-config': 'value',
    group: 'value',
    command: 'value',
    'max-reload-retries': 'value',
    'reload-interval': 'value',
    'strict-mode': 'flag',
    sse: 'flag',
    'archive-versions': 'value',
    'health-check': 'flag',
    'lru-cache-capacity': 'value',
    'haproxy-map': 'flag',
    'dont-bind-http-https': 'flag',
    'group-https-by-vhost': 'flag',
    'ssl-certs': 'value',
    'skip-validation': 'flag',
    'skip-config-cleanup': 'flag',
    dry: 'flag',
    'min-serv-port-ip-per-task': 'value',
    'max-serv-port-ip-per-task': 'value',
    'max-backoff': 'value',
    'syslog-socket': 'value',
    'log-format': 'value',
    'log-level': 'value',
    'marathon-auth-credential-file': 'value',
    'auth-credentials': 'value',
    'dcos-auth-credentials': 'value',
    'marathon-ca-cert': 'value',
  },
  short: { h: 'help', m: 'marathon', c: 'command', s: 'sse', H: 'health-check', d: 'dry' },
};

export const marathonLbHelp = `marathon-lb - HAProxy for apps with HAPROXY_… labels

Usage: marathon-lb --marathon http://leader:8080 [more …] --group GROUP [options]
       marathon-lb run sse|poll [options]     as in its image

  --marathon, -m URL …              Marathons (default http://master.mesos:8080)
  --group GROUP                     apps of this group (HAPROXY_GROUP, HAPROXY_{n}_GROUP), several times for several; '*': all. Required
  --sse, -s                         runs on and follows the events; without it, or with run poll, see below
  --haproxy-config FILE, --command, -c COMMAND
                                    HAProxy is run by something else: the file is kept, the command makes HAProxy read it (default: as
                                    this machine does it). With --sse or run, and neither of them, HAProxy is run and replaced without
                                    the loss of a connection, and most changes need no reload: what we advise
  --dry, -d                         prints the configuration and ends
  --strict-mode                     only services with HAPROXY_{n}_ENABLED
  --health-check, -H                only instances of which a health check is good; without it HAProxy looks for itself alone
  --dont-bind-http-https            neither port 80 nor 443
  --group-https-by-vhost            HTTPS only for names that something is routed by
  --ssl-certs FILE,…                certificates (default /etc/ssl/cert.pem if it is there), also from HAPROXY_SSL_CERT, HAPROXY_SSL_CERT0 …
  --min-serv-port-ip-per-task N, --max-serv-port-ip-per-task N
                                    service ports that are assigned (default 10050 to 10100; both 0: none)
  --auth-credentials USER:PASSWORD, --marathon-auth-credential-file FILE
                                    what Marathon asks for, also from MARATHON_USER and MARATHON_PASSWORD
  --marathon-ca-cert FILE           what to trust besides the usual authorities
  --archive-versions N              configurations that are kept
  --log-level LEVEL                 DEBUG, INFO, WARNING, ERROR, CRITICAL (default INFO)

Accepted, without effect: --haproxy-map (hosts always stand in maps), --skip-validation, --skip-config-cleanup, --lru-cache-capacity,
--max-backoff, --max-reload-retries, --reload-interval, --syslog-socket, --log-format. Refused: --dcos-auth-credentials.
Without --sse, and without run: the configuration of this moment is made once.
Options of "ekiden lb", written with _, may stand among these.
`;

export const marathonLbLongHelp = `${marathonLbHelp}
Labels of apps are those of marathon-lb: docs/compat/marathon-lb.md lists them, with what is stricter here and why. Of labels that hold
pieces of a template, headers, options and hosts of the app's own are taken over; anything else is left out and reported. Templates of
the whole configuration: --haproxy_template FILE (docs/load-balancer.md).
`;

const defaultConfig = '/etc/haproxy/haproxy.cfg';
const defaultCertificate = '/etc/ssl/cert.pem';
const mostCertificates = 100;

/** Python's levels and what they are here. */
const levels: Readonly<Record<string, string>> = {
  DEBUG: 'debug',
  INFO: 'info',
  WARNING: 'warn',
  WARN: 'warn',
  ERROR: 'error',
  CRITICAL: 'error',
};

const withoutEffect: Readonly<Record<string, string>> = {
  'skip-validation': 'a configuration is always checked before HAProxy gets it',
  'skip-config-cleanup': 'what HAProxy does not accept is found by the line that it names, and left out',
  'max-reload-retries': 'a reload that failed is tried again until it succeeds, ever more slowly',
  'reload-interval': 'see --reload_interval of ekiden lb',
  'max-backoff': 'attempts to reach Marathon are at most 30 s apart',
  'lru-cache-capacity': 'nothing is limited by it',
  'syslog-socket': 'messages go to the standard output',
  'log-format': 'see --log_format of ekiden lb',
};

/** Template texts of the original in the environment, and what of DC/OS there is no counterpart for. */
const foreignVariable =
  /^(?:HAPROXY_(?:HEAD|USERLIST_HEAD|(?:MAP_)?HTTPS?_\w+|FRONTEND_\w+|BACKEND_\w+|TCP_BACKEND_\w+|GLOBAL_DEFAULT_OPTIONS|SYSCTL_\w+|SYSLOGD)|DCOS_SERVICE_ACCOUNT_CREDENTIAL|VAULT_\w+)$/;

export interface MarathonLbSurroundings {
  readonly environment: Environment;
  readonly hasFile?: (path: string) => boolean;
  readonly readFile?: (path: string) => string;
}

/** Reads the words and the environment of marathon-lb (lb.md §C.1, §C.2); a text when help is asked for. Throws UsageError. */
export function readMarathonLb(
  words: readonly string[],
  { environment, hasFile = existsSync, readFile = (path) => readFileSync(path, 'utf8') }: MarathonLbSurroundings,
): OriginalCall | string {
  const image = imageMode(words);
  const { given, own } = parsePythonWords(
    marathonLbOptions,
    image === undefined ? words : words.slice(words[0] === 'run' ? 2 : 1),
  );
  if (given.has('longhelp')) return marathonLbLongHelp;
  if (given.has('help')) return marathonLbHelp;
  const last = (name: string): string | undefined => given.get(name)?.at(-1);
  const groups = given.get('group') ?? [];
  if (groups.length === 0) throw new UsageError("--group is required: the groups of apps that are served, or '*'");
  if (given.has('dcos-auth-credentials')) {
    throw new UsageError(
      '--dcos-auth-credentials is not supported: the accounts of DC/OS are gone with it; use --auth-credentials',
    );
  }
  const isDry = given.has('dry');
  const follows = !isDry && (given.has('sse') || image !== undefined);
  const configPath = last('haproxy-config') ?? defaultConfig;
  const isExternal = !follows || last('haproxy-config') !== undefined || last('command') !== undefined;
  const workDir = isExternal ? join(dirname(configPath), 'ekiden') : undefined;
  const fromEnvironment = environmentCertificates(environment, ownValue(own, 'work_dir') ?? workDir ?? './.ekiden');
  const certificates = [
    ...fromEnvironment.map(({ path }) => path),
    ...(last('ssl-certs') ?? (fromEnvironment.length === 0 && hasFile(defaultCertificate) ? defaultCertificate : ''))
      .split(',')
      .filter((path) => path !== ''),
  ];
  return {
    name: 'marathon-lb',
    run: follows ? 'follow' : 'once',
    argv: [
      ...optionWords({
        marathon: given.get('marathon')?.join(','),
        lb_group: groups.join(','),
        marathon_ca: last('marathon-ca-cert'),
        log_level: logLevel(last('log-level')),
        config_archive: last('archive-versions'),
        ...(given.has('strict-mode') ? { lb_strict: 'true' } : {}),
        ...(given.has('dont-bind-http-https') ? { bind_http_https: 'false' } : {}),
        ...(given.has('group-https-by-vhost') ? { haproxy_strict_sni: 'true' } : {}),
      }),
      ...own,
    ],
    presets: {
      marathon: 'http://master.mesos:8080',
      marathon_credentials: credentials(last, environment, readFile),
      host: '127.0.0.1',
      haproxy_bind: '0.0.0.0',
      haproxy_appid_port: '9091',
      lb_template_labels: 'true',
      lb_empty_services: 'refuse',
      lb_health: given.has('health-check') ? 'any' : 'ignore',
      ssl_certs: certificates.length === 0 ? undefined : certificates.join(','),
      work_dir: workDir,
      lb_poll_seconds: image === 'poll' ? (environment['POLL_INTERVAL'] ?? '60') : undefined,
      ...assignedPorts(last),
    },
    external: isExternal
      ? {
          configPath: resolve(configPath),
          validateCommand: null,
          reloadCommand: last('command') ?? null,
          cleanupCommand: null,
          effect: isDry ? 'print' : 'reload',
        }
      : undefined,
    files: fromEnvironment,
    warnings: [
      ...Object.entries(withoutEffect)
        .filter(([name]) => given.has(name) && last(name) !== '/dev/null')
        .map(([name, reason]) => `--${name} is without effect: ${reason}`),
      ...Object.keys(environment)
        .filter((variable) => environment[variable] !== '' && foreignVariable.test(variable))
        .sort()
        .map((variable) => `${variable} is without effect: see docs/compat/marathon-lb.md`),
    ],
  };
}

/** `run sse` and `run poll`, or these without `run`, as the image of marathon-lb is started; undefined for marathon_lb.py itself. */
function imageMode(words: readonly string[]): 'sse' | 'poll' | undefined {
  const [mode] = words[0] === 'run' ? words.slice(1) : words;
  if (mode === 'sse' || mode === 'poll') return mode;
  if (words[0] === 'run') throw new UsageError('after run comes sse or poll');
  return undefined;
}

/** The value of an option of `ekiden lb` among the words. */
function ownValue(own: readonly string[], name: string): string | undefined {
  const at = own.findLastIndex((word) => word === `--${name}` || word.startsWith(`--${name}=`));
  const word = own[at];
  if (word === undefined) return undefined;
  return word.includes('=') ? word.slice(word.indexOf('=') + 1) : own[at + 1];
}

/** `HAPROXY_SSL_CERT` and `HAPROXY_SSL_CERT0` to `100` hold PEM texts; HAProxy reads files. */
function environmentCertificates(environment: Environment, workDir: string): { path: string; text: string }[] {
  const numbers = ['', ...Array.from({ length: mostCertificates + 1 }, (_, index) => String(index))];
  return numbers.flatMap((number) => {
    const text = environment[`HAPROXY_SSL_CERT${number}`];
    if (text === undefined || text === '') return [];
    return [{ path: resolve(workDir, 'environment-certificates', `cert${number}.pem`), text }];
  });
}

function logLevel(given: string | undefined): string | undefined {
  if (given === undefined) return undefined;
  const level = levels[given.toUpperCase()];
  if (level === undefined) throw new UsageError(`--log-level ${given}: none of ${Object.keys(levels).join(', ')}`);
  return level;
}

function credentials(
  last: (name: string) => string | undefined,
  environment: Environment,
  readFile: (path: string) => string,
): string | undefined {
  const given = last('auth-credentials');
  if (given !== undefined) return given;
  const file = last('marathon-auth-credential-file');
  if (file !== undefined) {
    try {
      return readFile(file).trim();
    } catch (error) {
      throw new UsageError(`--marathon-auth-credential-file ${file} cannot be read: ${messageOf(error)}`);
    }
  }
  const { MARATHON_USER: user, MARATHON_PASSWORD: password } = environment;
  return user === undefined || user === '' ? undefined : `${user}:${password ?? ''}`;
}

/** Both 0: none are assigned. */
function assignedPorts(last: (name: string) => string | undefined): Presets {
  const first = last('min-serv-port-ip-per-task') ?? '10050';
  const end = last('max-serv-port-ip-per-task') ?? '10100';
  if (first === '0' && end === '0') return {};
  return { min_serv_port_ip_per_task: first, max_serv_port_ip_per_task: end };
}
