import type { HttpRequest } from './server.js';

/** A prefix as it is compared with: one slash before it, none after it. Undefined when nothing is left: no prefix. */
export function normalisedPrefix(prefix: string | undefined): string | undefined {
  const path = (prefix ?? '').replace(/^\/+|\/+$/g, '');
  return path === '' ? undefined : `/${path}`;
}

/** Clients that believe in a proxy send the whole URL (RFC 9112 §3.2.2); what they mean is the path. */
function withoutAuthority(url: string): string {
  if (url.startsWith('/')) return url;
  const path = /^https?:\/\/[^/?#]*(.*)$/is.exec(url)?.[1];
  if (path === undefined) return url;
  return path.startsWith('/') ? path : `/${path}`;
}

function isBelow(path: string, prefix: string): boolean {
  const next = path.charAt(prefix.length);
  return path.startsWith(prefix) && (next === '' || next === '/' || next === '?');
}

/** The URL below `prefix` that a request's URL means; any other path is left as it is. */
export function unmounted(url: string, prefix: string | undefined): string {
  const path = withoutAuthority(url);
  if (prefix === undefined || !isBelow(path, prefix)) return path;
  const rest = path.slice(prefix.length);
  return rest.startsWith('/') ? rest : `/${rest}`;
}

/** What stands before our paths in the URL that a request used: the prefix or nothing. For links that lead back to us. */
export function mountOf(request: HttpRequest, prefix: string | undefined): string {
  return prefix !== undefined && isBelow(withoutAuthority(request.originalUrl), prefix) ? prefix : '';
}
