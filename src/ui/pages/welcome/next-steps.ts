/** Where the name server of this cluster is, as far as it is known. */
export interface DnsPlace {
  readonly host: string;
  /** undefined: the usual one, or it is not known. */
  readonly port: number | undefined;
  readonly zone: string;
}

/** Where its load balancer is. */
export interface LbPlace {
  readonly host: string;
  /** HAProxy's for HTTP. */
  readonly port: number;
}

/**
 * The name of an app in the DNS, as Mesos-DNS forms it: the id's parts from the last to the first, then the framework, then the zone. Only for
 * ids that are legal in names as they are.
 */
export function dnsNameOf(appId: string, framework: string, zone: string): string {
  const task = appId
    .split('/')
    .filter((part) => part !== '')
    .reverse()
    .join('-');
  return `${task}.${framework}.${zone}`;
}

/** The host of `host:port`, as it stands in URLs. */
export function hostOf(address: string): string {
  return address.slice(0, address.lastIndexOf(':'));
}

/** The command that asks for a name. */
export function digCommand(name: string, dns: DnsPlace | undefined): string {
  if (dns === undefined) return `dig ${name}`;
  const port = dns.port === undefined || dns.port === 53 ? '' : ` -p ${dns.port}`;
  return `dig @${dns.host.replace(/^\[|\]$/g, '')}${port} ${name}`;
}

/** The command that asks for a page of a host through HAProxy. */
export function curlCommand(host: string, { host: address, port }: LbPlace): string {
  return `curl -H 'Host: ${host}' http://${address}${port === 80 ? '' : `:${port}`}/`;
}
