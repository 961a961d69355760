/** The address, when it is one of the web: only those become links, whatever they were read from (`javascript:` is an address, too). */
export function webUrl(address: unknown): string | undefined {
  return typeof address === 'string' && /^https?:\/\//i.test(address) ? address : undefined;
}

/** A host as it stands in URLs. */
export function urlHost(host: string): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
}
