import { shellWord } from '../../../components/shell-word.js';
import { urlHost } from '../../../components/web-url.js';

export interface RouteTarget {
  readonly host: string;
  readonly path: string;
}

/**
 * What a request must be for a route to take it, out of its condition in words (`host shop.example.com, path below /cart`); undefined where
 * that is more than one host and path can say.
 */
export function targetOf(condition: string): RouteTarget | undefined {
  const found = /^(?:host ([^\s,*]+))?(?:(?:^|, )path below (\S+?)(?: \(in any case\))?)?$/.exec(condition);
  if (found === null || condition === '') return undefined;
  const [, host, path = '/'] = found;
  return host === undefined ? undefined : { host, path };
}

/** The address of it in a browser, at the port at which HAProxy takes requests. */
export function targetUrl({ host, path }: RouteTarget, port: number | undefined): string {
  return `http://${urlHost(host)}${port === undefined || port === 80 ? '' : `:${port}`}${path}`;
}

/** What asks HAProxy for it in a shell, without the host having to have an address. */
export function curlCommand({ host, path }: RouteTarget, address: string, port: number | undefined): string {
  return `curl -H ${shellWord(`Host: ${host}`)} ${shellWord(targetUrl({ host: address, path }, port))}`;
}
