import { elementPath, problem } from '../violations.js';
import type { Rule } from './rule.js';

const allowedCharacters = /^(?:[^\s<>"{}|\\^`%\p{Cc}]|%[0-9a-fA-F]{2})+$/u;
const authority = /^[a-zA-Z][a-zA-Z0-9+.-]*:\/\/([^/?#]*)/;
const host = /^(?:[^@]*@)?(?:\[[0-9a-fA-F:.]+\]|[^@:[\]]*)(?::\d*)?$/;

/** Whether the text is a URI reference (RFC 3986, as strict as Java's parser on the points that users get wrong). */
export function isUri(text: string): boolean {
  if (!allowedCharacters.test(text) || text.startsWith(':') || text.split('#').length > 2) return false;
  const server = authority.exec(text)?.[1];
  return server === undefined || host.test(server);
}

export const fetchRule: Rule = function* ({ fetch }) {
  for (const [i, { uri }] of fetch.entries()) {
    if (!isUri(uri)) yield problem(`${elementPath('/fetch', i)}/uri`, 'URI has invalid syntax.');
  }
};

/** Artifacts of old times: each is downloaded into the artifact store, which there has to be. */
export const storeUrlsRule: Rule = function* ({ storeUrls }, { hasArtifactStore }) {
  if (storeUrls.length > 0 && !hasArtifactStore) {
    yield problem('/storeUrls', 'there is no artifact store: the scheduler has to be started with --artifact_store');
  }
  for (const [i, url] of storeUrls.entries()) {
    if (!isUri(url)) yield problem(elementPath('/storeUrls', i), 'URI has invalid syntax.');
  }
};
