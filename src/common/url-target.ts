/** What is asked for by a URL, and with what right. */
export interface UrlTarget {
  /** The URL without credentials and fragment. */
  readonly href: string;
  /** The `Authorization` header that the URL's user and password make (basic authentication); undefined: it has none. */
  readonly authorization: string | undefined;
}

/** A part of a URL as it was meant; one that is not well encoded is taken literally. */
export function decodedPart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Takes the credentials out of an http URL: they belong into a header, and into no log. */
export function targetOf(url: URL): UrlTarget {
  const { username, password } = url;
  const bare = new URL(url);
  bare.username = '';
  bare.password = '';
  bare.hash = '';
  const credentials = `${decodedPart(username)}:${decodedPart(password)}`;
  const isOpen = username === '' && password === '';
  return {
    href: bare.href,
    authorization: isOpen ? undefined : `Basic ${Buffer.from(credentials).toString('base64')}`,
  };
}
