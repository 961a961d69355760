import type { Credentials } from '../../catalog/providers/scheduler-access.js';
import { decodedPart } from '../../common/url-target.js';

/** The Marathons of the bridge's command line, and what they ask for. */
export interface Marathons {
  /** Base URLs without user and password. */
  readonly schedulers: readonly string[];
  /** Of the first of them that names some; they are one cluster. */
  readonly credentials: Credentials | undefined;
}

/** Reads one word: `host:port` or a URL, user and password in it allowed. Throws for what is neither. */
function urlOf(word: string): URL {
  if (/[\s\0]/.test(word)) throw new TypeError('Invalid URL');
  return new URL(/^https?:\/\//i.test(word) ? word : `http://${word}`);
}

export function isMarathon(word: string): boolean {
  try {
    return urlOf(word).hostname !== '';
  } catch {
    return false;
  }
}

/** Reads words for which `isMarathon` holds. */
export function readMarathons(words: readonly string[]): Marathons {
  let credentials: Credentials | undefined;
  const schedulers = words.map((word) => {
    const url = urlOf(word);
    if (url.username !== '') {
      credentials ??= { user: decodedPart(url.username), password: decodedPart(url.password) };
    }
    return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
  });
  return { schedulers, credentials };
}
