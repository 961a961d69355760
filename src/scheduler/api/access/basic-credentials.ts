import { basicBytesOf } from '../../../http/basic-auth.js';

/** What a client says of itself by basic authentication (RFC 7617). */
export interface BasicCredentials {
  readonly user: string;
  readonly password: string;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Clients do not agree on how to write what is not ASCII: UTF-8 is right, and what is no UTF-8 can only be Latin-1. */
function textOf(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch {
    return bytes.toString('latin1');
  }
}

/** Reads an `Authorization` header; undefined when it is none of that kind. The password may hold `:`. */
export function basicCredentialsOf(authorization: string | undefined): BasicCredentials | undefined {
  const bytes = basicBytesOf(authorization);
  if (bytes === undefined) return undefined;
  const text = textOf(bytes);
  const colon = text.indexOf(':');
  return colon < 0 ? undefined : { user: text.slice(0, colon), password: text.slice(colon + 1) };
}
