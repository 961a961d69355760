import { withoutCredentials } from '../../common/redact.js';
import { authority, connectHost } from '../addresses.js';
import { apiUrls } from '../api-urls.js';
import type { Settings } from '../flags.js';
import { splitCredentials } from '../split-credentials.js';

/** Where everything is reached, by its usual name; what does not run is left out. */
export function serviceUrls(settings: Settings): Readonly<Record<string, string>> {
  const host = connectHost(settings.host);
  const edge = connectHost(settings.haproxy_bind ?? settings.host);
  return {
    'Marathon API': apiUrls(settings).join(', '),
    'Mesos master': masterText(settings, host),
    DNS: `${authority(host, settings.dns_port)} (udp, tcp), HTTP API http://${authority(host, settings.dns_http_port)}`,
    'rules API': `http://${authority(host, settings.lb_port)}`,
    HAProxy: `http://${authority(edge, settings.haproxy_http_port)}, stats http://${authority(edge, settings.haproxy_stats_port)}`,
  };
}

function masterText({ master, cluster_port }: Settings, host: string): string {
  const addresses = master ?? [authority(host, cluster_port)];
  return addresses
    .map((address) => (address.includes('//') ? withoutCredentials(address) : `http://${address}`))
    .join(', ');
}

/** What curl needs to be let in: it asks for the password itself, which is printed nowhere. */
function curlOptions(settings: Settings): string {
  const user = splitCredentials(settings.http_credentials)?.user;
  // The certificate seldom names the loopback address.
  const tls = settings.disable_http ? ' -k' : '';
  return `${tls}${user === undefined ? '' : ` -u '${user.replaceAll("'", `'\\''`)}'`}`;
}

/**
 * What `up` says when all roles are ready: where things are, and an example that works as it stands with these settings.
 * `degraded` are sentences on what does not work and what to do about it.
 */
export function banner(settings: Settings, degraded: readonly string[]): string {
  const urls = serviceUrls(settings);
  const edge = connectHost(settings.haproxy_bind ?? settings.host);
  // A round number is easy to remember; the range decides.
  const servicePort = Math.min(settings.local_port_min + 80, settings.local_port_max);
  const dig = `dig +short @${connectHost(settings.host)} -p ${settings.dns_port}`;
  const zone = `${settings.framework_name.toLowerCase()}.${settings.dns_domain}`;
  return `
Ekiden is up.

${Object.entries(urls)
  .map(([name, url]) => `  ${name.padEnd(14)}${url}`)
  .join('\n')}
  ${'state'.padEnd(14)}${settings.zk === undefined ? settings.work_dir : withoutCredentials(settings.zk)}
${degraded.map((sentence) => `\n  degraded: ${sentence}\n`).join('')}
Try it:

curl${curlOptions(settings)} -X POST ${apiUrls(settings)[0]}/v2/apps -H 'Content-Type: application/json' -d @- <<'END'
{
  "id": "hello", "instances": 2, "cpus": 0.1, "mem": 64,
  "cmd": "exec node -e 'require(\`http\`).createServer((_, a) => a.end(\`hello from \${process.env.PORT0}\\\\n\`)).listen(process.env.PORT0, process.env.HOST)'",
  "portDefinitions": [{ "port": ${servicePort}, "protocol": "tcp" }]
}
END
${dig} hello.${zone}
${dig} SRV _hello._tcp.${zone}
curl http://${authority(edge, servicePort)}/

${
  settings.master === undefined
    ? 'Ctrl-C stops everything, the apps included; they come back at the next start.'
    : 'Ctrl-C stops all of this; the apps run on in the cluster.'
}
`;
}
