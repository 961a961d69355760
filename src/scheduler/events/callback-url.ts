/** Longer URLs are refused. */
const maxLength = 2000;

/** What is wrong with a callback URL; undefined: it can be used. */
export function callbackUrlProblem(text: string): string | undefined {
  if (text.length > maxLength) return `must not be longer than ${maxLength} characters, but has ${text.length}`;
  if (!URL.canParse(text)) return 'must be an absolute URL, like http://host:port/path';
  const { protocol } = new URL(text);
  if (protocol === 'http:' || protocol === 'https:') return undefined;
  return `must be an http or https URL, but its scheme is ${protocol.slice(0, -1)}`;
}

/** What of a callback URL may be shown in a log: no user, no password, no query. */
export function publicFormOf(text: string): string {
  if (!URL.canParse(text)) return '(no URL)';
  const { protocol, host, pathname } = new URL(text);
  return `${protocol}//${host}${pathname}`;
}
