import type { PathPrefix } from './service-settings.js';
import { SettingError, shown } from './values.js';

/** What may stand in a path of a request (RFC 3986), without the quote, which would end a word of configuration. */
const pathPattern = /^\/[A-Za-z0-9._~!$&()*+,;=:@%/-]*$/;
const maxPathLength = 1024;
const maxPaths = 100;

/** Reads a path: begins with `/`, no query, at most 1024 characters. A `/` at the end means nothing and is left out. */
export function readPath(text: string): string {
  const path = text.trim();
  if (path.length > maxPathLength) throw new SettingError(`a path is longer than ${maxPathLength} characters`);
  if (!pathPattern.test(path)) throw new SettingError(`${shown(path)} is not a path such as /shop`);
  return path === '/' ? path : path.replace(/\/+$/, '') || '/';
}

/**
 * Reads `HAPROXY_{n}_PATH`, marathon-lb's arguments of HAProxy's `path_beg`: paths with blanks between them, `-i` in front for
 * "in any case". No other flag: they would read files, or make a test of something else. Throws SettingError when one of them
 * is not understood: what is left of the list would not be what its owner wants.
 */
export function readPaths(text: string): PathPrefix[] {
  const words = text.split(' ').filter((word) => word !== '');
  const ignoreCase = words[0] === '-i';
  const paths = new Set<string>();
  for (const word of ignoreCase ? words.slice(1) : words) {
    if (word.startsWith('-')) throw new SettingError(`the flag ${shown(word)} cannot be used: known is -i, in front`);
    paths.add(readPath(word));
  }
  if (paths.size === 0) throw new SettingError('names no path');
  if (paths.size > maxPaths) throw new SettingError(`names more than ${maxPaths} paths`);
  return [...paths].map((path) => ({ path, ignoreCase }));
}
