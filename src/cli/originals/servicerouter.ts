import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UsageError } from '../../common/errors.js';
import { parsePythonWords } from './python-words.js';
import type { PythonOptions } from './python-words.js';
import { optionWords } from './original-call.js';
import type { OriginalCall, Presets } from './original-call.js';

/** The options of servicerouter.py (lb.md §B). */
export const servicerouterOptions: PythonOptions = {
  long: {
    help: 'flag',
    longhelp: 'flag',
    marathon: 'values',
    listening: 'value',
    'syslog-socket': 'value',
    'log-format': 'value',
    'haproxy-config': 'value',
    group: 'value',
    command: 'value',
  },
  short: { h: 'help', m: 'marathon', l: 'listening', c: 'command' },
};

/** Where the original looks for the certificate of its HTTPS frontend. */
const certificate = '/etc/ssl/mesosphere.com.pem';

export const servicerouterHelp = `servicerouter.py - the configuration of HAProxy for apps with HAPROXY_… settings in their environment

Usage: servicerouter.py --marathon http://leader:8080 [more …] [options]

  --marathon, -m URL …       Marathons, asked in this order until one answers
  --haproxy-config FILE      the configuration that is kept (default /etc/haproxy/haproxy.cfg)
  --group GROUP              apps of this group (HAPROXY_GROUP); several times for several; '*': all apps; without: those without a group
  --listening, -l URL        runs on and does the same at each event of Marathon, which calls this URL; without: once
  --command, -c COMMAND      makes HAProxy read it (as with marathon-lb; default: as this machine does it)
  --syslog-socket, --log-format   accepted, without effect: messages go to the standard error, with -l to the standard output
  --longhelp                 the settings of apps, too

A configuration that is different is checked by haproxy -c, put in place in one step, and HAProxy is reloaded: by the command, or by
Upstart, systemd or /etc/init.d/haproxy. Options of "ekiden lb", written with _, may stand among these.
`;

export const servicerouterLongHelp = `${servicerouterHelp}
Settings in the environment of an app; n is the index of the port:

  HAPROXY_GROUP                 groups, separated by commas
  HAPROXY_{n}_VHOST             host by which it is reached on ports 80 and 443
  HAPROXY_{n}_STICKY            clients stay at their instance, by a cookie
  HAPROXY_{n}_REDIRECT_TO_HTTPS requests over HTTP are sent to HTTPS
  HAPROXY_{n}_SSL_CERT          certificate of the service port: one of those of --ssl_certs
  HAPROXY_{n}_BIND_ADDR         address of the service port: one of those of --bind_addresses
  HAPROXY_{n}_PORT              another service port
  HAPROXY_{n}_MODE              tcp or http; http by itself with a host or a health check of HTTP

Instead of the template files of the original: --haproxy_template FILE, a Handlebars template (docs/load-balancer.md).
`;

/** Reads the words of servicerouter.py (lb.md §B); a text when help is asked for. Throws UsageError. */
export function readServicerouter(words: readonly string[], hasFile = existsSync): OriginalCall | string {
  const { given, own } = parsePythonWords(servicerouterOptions, words);
  if (given.has('longhelp')) return servicerouterLongHelp;
  if (given.has('help')) return servicerouterHelp;
  const marathon = given.get('marathon');
  if (marathon === undefined) throw new UsageError('--marathon is required: http://leader:8080');
  const configPath = given.get('haproxy-config')?.at(-1) ?? '/etc/haproxy/haproxy.cfg';
  const listening = given.get('listening')?.at(-1);
  const ignored = ['syslog-socket', 'log-format'].filter(
    (name) => given.has(name) && given.get(name)?.at(-1) !== '/dev/null',
  );
  return {
    name: 'servicerouter.py',
    run: listening === undefined ? 'once' : 'follow',
    argv: [
      ...optionWords({
        marathon: marathon.join(','),
        lb_group: (given.get('group') ?? []).join(','),
        ...(listening === undefined ? {} : callbackAt(listening)),
      }),
      ...own,
    ],
    presets: {
      host: listening === undefined ? '127.0.0.1' : '0.0.0.0',
      haproxy_bind: '0.0.0.0',
      haproxy_appid_port: '81',
      haproxy_stats_credentials: 'admin:admin',
      lb_settings_from: 'env',
      lb_health: 'ignore',
      work_dir: join(dirname(configPath), 'ekiden'),
      ssl_certs: hasFile(certificate) ? certificate : undefined,
    },
    external: {
      configPath,
      validateCommand: null,
      reloadCommand: given.get('command')?.at(-1) ?? null,
      cleanupCommand: null,
      effect: 'reload',
    },
    files: [],
    warnings: ignored.map((name) => `--${name} is without effect: messages go to the standard output`),
  };
}

/** Where Marathon calls back, and the port on which that is heard. */
function callbackAt(listening: string): Presets {
  if (!/^https?:\/\//i.test(listening) || !URL.canParse(listening)) {
    throw new UsageError(`--listening ${listening}: not a URL such as http://this-host:8000`);
  }
  const url = new URL(listening);
  return {
    callback_url: new URL('/api/marathon/event_callback', url).href,
    lb_port: url.port === '' ? '8000' : url.port,
  };
}
