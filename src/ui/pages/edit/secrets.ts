import { isArray, isObject } from './json-value.js';
import type { Json } from './json-value.js';

const secretName = /passw|passphrase|secret|token|api_?key|(?:^|_)key(?:$|_)|private|credential/i;
/** What stands where something is hidden. */
export const hidden = '••••••';

/** Whether a variable is called as secrets are. */
export function isSecretName(name: string): boolean {
  return secretName.test(name);
}

const namedMaps = new Set(['env', 'environment', 'labels']);

/**
 * A definition without the values of variables and labels that are called as secrets are. References to secrets are shown. Compared with an
 * `earlier` one, what is hidden in both and not the same says so.
 */
export function withoutSecrets(value: Json, earlier?: Json, isNamed = false): Json {
  if (isArray(value)) {
    return value.map((element, index) => withoutSecrets(element, isArray(earlier) ? earlier[index] : undefined));
  }
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]): [string, Json] => {
      const before = isObject(earlier) ? earlier[name] : undefined;
      if (isNamed && isSecretName(name) && typeof member === 'string' && member !== '') {
        return [name, typeof before === 'string' && before !== member ? `${hidden} (another)` : hidden];
      }
      return [name, withoutSecrets(member, before, namedMaps.has(name))];
    }),
  );
}

/** Whether anything of a definition is hidden. */
export function hasSecrets(value: Json): boolean {
  return JSON.stringify(withoutSecrets(value)) !== JSON.stringify(value);
}
