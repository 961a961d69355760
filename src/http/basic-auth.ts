import { createHash, timingSafeEqual } from 'node:crypto';

export interface BasicAuth {
  /** Whether an `Authorization` header names the user and the password. Takes the same time whatever is wrong with it. */
  admits(authorization: string | undefined): boolean;
  /** The `WWW-Authenticate` header of a refusal. */
  readonly challenge: string;
}

function digestOf(credentials: Buffer): Buffer {
  return createHash('sha256').update(credentials).digest();
}

/** What an `Authorization` header of this kind holds (RFC 7617 §2: `user:password`, as bytes); undefined when it is none. */
export function basicBytesOf(authorization: string | undefined): Buffer | undefined {
  const encoded = /^Basic +([A-Za-z0-9+/=_-]+) *$/i.exec(authorization ?? '')?.[1];
  return encoded === undefined ? undefined : Buffer.from(encoded, 'base64');
}

/** The `WWW-Authenticate` header that asks for a user and a password. */
export function basicChallenge(realm: string): string {
  // A header holds printable Latin-1; the realm is a quoted string in it.
  return `Basic realm="${realm.replace(/[^\u0020-\u007e\u00a0-\u00ff]/g, '?').replace(/["\\]/g, '\\$&')}"`;
}

/**
 * HTTP basic authentication (RFC 7617) with one user. The password may hold anything, `:` too. Clients do not agree on how to write
 * what is not ASCII: UTF-8 is right, and Latin-1, which Marathon's server read, as well.
 */
export function createBasicAuth({
  user,
  password,
  realm,
}: {
  readonly user: string;
  readonly password: string;
  readonly realm: string;
}): BasicAuth {
  const credentials = `${user}:${password}`;
  const utf8 = digestOf(Buffer.from(credentials, 'utf8'));
  const isLatin1 = [...credentials].every((character) => character <= '\u00ff');
  const latin1 = isLatin1 ? digestOf(Buffer.from(credentials, 'latin1')) : utf8;
  return {
    admits(authorization) {
      const given = digestOf(basicBytesOf(authorization) ?? Buffer.alloc(0));
      const asUtf8 = timingSafeEqual(given, utf8);
      const asLatin1 = timingSafeEqual(given, latin1);
      return asUtf8 || asLatin1;
    },
    challenge: basicChallenge(realm),
  };
}
