/** What is shown instead of a secret. */
export const redacted = '<redacted>';

/** What Marathon shows instead of the user and password in an address. */
const hiddenUser = 'xxxxxxxx:xxxxxxxx@';
const secretParameter = /^([^=]*(?:key|pass|secret|token)[^=]*)=.*$/i;

/**
 * An address without the secrets in it: user and password before the host, and parameters whose name speaks of a key, password,
 * secret or token. In what is no http URL everything before the last `@` counts as user and password (`zk://user:pa/ss@host`):
 * their grammars allow no other `@`, and nobody minds if too much is hidden.
 */
export function withoutCredentials(address: string): string {
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(address)?.[0] ?? '';
  const isHttp = /^https?:/i.test(scheme) && URL.canParse(address);
  const authorityEnd = isHttp ? address.slice(scheme.length).search(/[/?#\\]/) : -1;
  const end = authorityEnd < 0 ? address.length : scheme.length + authorityEnd;
  const at = address.lastIndexOf('@', end);
  const open = at < scheme.length ? address : `${scheme}${hiddenUser}${address.slice(at + 1)}`;
  const query = open.indexOf('?');
  return query < 0 ? open : `${open.slice(0, query + 1)}${withoutSecrets(open.slice(query + 1))}`;
}

function withoutSecrets(query: string): string {
  return query
    .split('&')
    .map((parameter) => parameter.replace(secretParameter, `$1=${redacted}`))
    .join('&');
}
