import { createHash } from 'node:crypto';
import { decodedPart, targetOf } from '../../../common/url-target.js';
import type { UrlTarget } from '../../../common/url-target.js';

/** A URL taken apart. */
export interface DownloadUrl extends UrlTarget {
  readonly origin: string;
}

const maxNameLength = 128;

/** A URL as people may see it: without user and password, and without the query, in which signatures are passed. */
export function shownUrl(url: string): string {
  try {
    const { protocol, host, pathname, search } = new URL(url);
    return `${protocol}//${host}${pathname}${search === '' ? '' : '?…'}`;
  } catch {
    return 'the URL';
  }
}

/** Reads a URL of `storeUrls`, or of a redirect. Throws an Error for people. */
export function parseDownloadUrl(text: string): DownloadUrl {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new Error('it is not a URL');
  }
  const { protocol, origin } = url;
  if (protocol === 'file:') {
    // Whoever may post apps could otherwise read what only the scheduler may.
    throw new Error(
      'file: names a file of the machine that the scheduler runs on, which is not handed out: serve it with http',
    );
  }
  if (protocol !== 'http:' && protocol !== 'https:') {
    throw new Error(`${protocol} is not a scheme that can be downloaded from: only http: and https: are`);
  }
  return { ...targetOf(url), origin };
}

/**
 * Where in the store the content of a URL lies, the same for ever: `<hash of the URL>/<its file name>`. The name keeps its ending, by
 * which agents know what to unpack; everything in it that would need an escape anywhere becomes `_`.
 */
export function storedPathOf(url: string): string {
  const hash = createHash('sha256').update(url).digest('hex').slice(0, 32);
  const last = decodedPart(new URL(url).pathname.split('/').at(-1) ?? '');
  const name = last
    .replace(/[^A-Za-z0-9._-]/g, '_')
    .replace(/^\.+/, '_')
    .slice(-maxNameLength);
  return `${hash}/${name === '' ? 'artifact' : name}`;
}
