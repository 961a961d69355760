import { createPrivateKey, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { messageOf, StartupError } from '../../common/errors.js';
import type { HttpClient } from '../../common/http-client.js';
import type { Clock } from '../../common/time.js';

/** Who asks the login service, read from `IAMConfigFile`. */
export interface IamIdentity {
  readonly uid: string;
  readonly key: KeyObject;
  /** URL of the login service. */
  readonly loginEndpoint: string;
}

/** A key and an address are some kilobytes. */
const maxFileBytes = 1 << 20;
/** How long what we sign of ourselves holds. */
const validSeconds = 3_600;

function textOf(value: unknown, key: string, file: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new StartupError(`IAMConfigFile ${file}: ${key} is to be a text`);
}

/** Reads `{"uid", "private_key", "login_endpoint"}`; the key is RSA, as PEM. Throws StartupError, without a word of the key. */
export function readIamIdentity(file: string): IamIdentity {
  let fields: Record<string, unknown>;
  try {
    if (statSync(file).size > maxFileBytes) throw new Error('it is too large');
    const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof parsed !== 'object' || parsed === null) throw new Error('it holds no object');
    fields = { ...parsed };
  } catch (error) {
    // What JSON.parse says quotes the text, which may be a key
    throw new StartupError(
      `IAMConfigFile ${file} cannot be read: ${error instanceof SyntaxError ? 'it is no JSON' : messageOf(error)}`,
    );
  }
  const loginEndpoint = textOf(fields['login_endpoint'], 'login_endpoint', file);
  if (!URL.canParse(loginEndpoint) || !/^https?:/i.test(loginEndpoint)) {
    throw new StartupError(`IAMConfigFile ${file}: login_endpoint is to be an address http(s)://…`);
  }
  let key: KeyObject;
  try {
    key = createPrivateKey(textOf(fields['private_key'], 'private_key', file));
  } catch (error) {
    if (error instanceof StartupError) throw error;
    throw new StartupError(`IAMConfigFile ${file}: private_key is no private key in PEM`);
  }
  if (key.asymmetricKeyType !== 'rsa') throw new StartupError(`IAMConfigFile ${file}: private_key is no RSA key`);
  return { uid: textOf(fields['uid'], 'uid', file), key, loginEndpoint };
}

const base64url = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** What says who we are, for an hour: a JSON web token signed with RS256 (RFC 7519, RFC 7518 §3.3). */
export function selfSignedToken({ uid, key }: IamIdentity, clock: Clock): string {
  const exp = Math.floor(clock() / 1000) + validSeconds;
  const text = `${base64url({ alg: 'RS256', typ: 'JWT' })}.${base64url({ uid, exp })}`;
  return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`;
}

/** Logs in, and gives what goes into `Authorization` of requests to masters. Throws when the login service refuses. */
export async function logIn(identity: IamIdentity, http: HttpClient, clock: Clock): Promise<string> {
  const { uid, loginEndpoint } = identity;
  const answer = await http.request({
    method: 'POST',
    url: loginEndpoint,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ uid, token: selfSignedToken(identity, clock) }),
  });
  const refused = new Error(`${loginEndpoint} gives "${uid}" no token: HTTP ${answer.status}`);
  if (answer.status !== 200) throw refused;
  let token: unknown;
  try {
    const body: unknown = JSON.parse(answer.body);
    token = typeof body === 'object' && body !== null && 'token' in body ? body.token : undefined;
  } catch {
    throw refused;
  }
  // A token is one word: what is not could add headers
  if (typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token)) throw refused;
  return `token=${token}`;
}
