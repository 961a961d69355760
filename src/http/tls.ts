import { X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import type { SecureContextOptions } from 'node:tls';
import { toPem } from 'jks-js';
import { codeOf, messageOf, StartupError } from '../common/errors.js';

/** Where the TLS key and certificate of the API come from. */
export type TlsSource =
  /** A keystore of Java's (JKS or PKCS12): `--ssl_keystore_path`, `--ssl_keystore_password`. */
  | { readonly type: 'keystore'; readonly path: string; readonly password: string }
  /** PEM files: `--ssl_certificate_path`, `--ssl_key_path`. */
  | { readonly type: 'pem'; readonly certificatePath: string; readonly keyPath: string };

/** What Node's TLS servers take: PEM texts, or a PKCS12 keystore as it is. */
export type TlsMaterial =
  { readonly key: string; readonly cert: string } | { readonly pfx: Buffer; readonly passphrase: string };

export interface LoadedTls {
  readonly material: TlsMaterial;
  /** The certificate that is shown to clients, in DER; undefined if this version of Node does not tell. */
  readonly certificate: Buffer | undefined;
  /** What the owner of the certificate should know though it works: it has expired, say. One line each. */
  readonly warnings: readonly string[];
}

/** Keys and certificates are some kilobytes; whatever is larger is none. */
const maxFileBytes = 1 << 20;

const jksMagic = 0xfeedfeed;
const jceksMagic = 0xcececece;
/** Every PKCS12 file is an ASN.1 sequence. */
const asn1Sequence = 0x30;

/** The files to read again when a certificate is renewed. */
export function filesOf(source: TlsSource): readonly string[] {
  return source.type === 'keystore' ? [source.path] : [...new Set([source.certificatePath, source.keyPath])];
}

async function readSmallFile(path: string, flag: string): Promise<Buffer> {
  try {
    const { size, isFile } = await stat(path).then((found) => ({ size: found.size, isFile: found.isFile() }));
    if (!isFile) throw new StartupError(`--${flag}: ${path} is not a file`);
    if (size > maxFileBytes) {
      throw new StartupError(`--${flag}: ${path} has ${size} bytes, more than any keystore (at most ${maxFileBytes})`);
    }
    return await readFile(path);
  } catch (error) {
    if (error instanceof StartupError) throw error;
    switch (codeOf(error)) {
      case 'ENOENT':
      case 'ENOTDIR':
        throw new StartupError(`--${flag}: there is no file ${path}`);
      case 'EACCES':
        throw new StartupError(`--${flag}: this user may not read ${path}`);
      default:
        throw new StartupError(`--${flag}: ${path} cannot be read: ${messageOf(error)}`);
    }
  }
}

const pathFlag = 'ssl_keystore_path';
const passwordFlag = 'ssl_keystore_password';

function wrongPassword(path: string): StartupError {
  return new StartupError(`--${passwordFlag}: the password does not open ${path}`);
}

function noPrivateKey(path: string): StartupError {
  return new StartupError(
    `--${pathFlag}: ${path} holds no private key (a store of trusted certificates?), so nobody can be served with it`,
  );
}

/**
 * The first private key of a keystore, as jks-js reads it, and the certificates that go with it. Throws what jks-js throws, and
 * StartupError when there is no key.
 */
function firstKeyOf(
  path: string,
  content: Buffer,
  password: string,
): { readonly material: TlsMaterial; readonly warnings: readonly string[] } {
  const keys = Object.entries(toPem(content, password)).flatMap(([alias, { key, cert }]) =>
    key === undefined || cert === undefined ? [] : [{ alias, key, cert }],
  );
  const [first, ...others] = keys;
  if (first === undefined) throw noPrivateKey(path);
  const { alias, key, cert } = first;
  const warnings =
    others.length === 0
      ? []
      : [`${path} holds ${keys.length} private keys: the first, ${JSON.stringify(alias)}, is served with`];
  return { material: { key, cert }, warnings };
}

function loadJks(path: string, content: Buffer, password: string): ReturnType<typeof firstKeyOf> {
  // Java itself opens no keystore without a password; jks-js leaves out its check then.
  if (password === '') throw wrongPassword(path);
  try {
    return firstKeyOf(path, content, password);
  } catch (error) {
    if (error instanceof StartupError) throw error;
    switch (messageOf(error)) {
      case 'Password verification failed':
        throw wrongPassword(path);
      case 'Cannot recover key':
        throw new StartupError(
          `--${passwordFlag}: the private key in ${path} has a password of its own, which cannot be given here: make them equal ` +
            'with keytool -keypasswd',
        );
      default:
        throw new StartupError(`--${pathFlag}: ${path} is damaged: ${messageOf(error)}`);
    }
  }
}

/** A PKCS12 keystore whose ciphers (RC2, 3DES) OpenSSL 3 no longer has. */
function loadOldPkcs12(path: string, content: Buffer, password: string): ReturnType<typeof firstKeyOf> {
  try {
    return firstKeyOf(path, content, password);
  } catch (error) {
    if (error instanceof StartupError) throw error;
    throw new StartupError(
      `--${pathFlag}: ${path} is encrypted in a way that is no longer supported (RC2 or 3DES, and its entries have no names): ` +
        'write it anew with a current keytool or openssl pkcs12',
    );
  }
}

function loadPkcs12(path: string, content: Buffer, password: string): ReturnType<typeof firstKeyOf> {
  const material: TlsMaterial = { pfx: content, passphrase: password };
  try {
    createSecureContext({ ...material });
    return { material, warnings: [] };
  } catch (error) {
    const message = messageOf(error);
    if (/unsupported/i.test(message)) return loadOldPkcs12(path, content, password);
    if (/mac verify failure|mac absent/i.test(message)) throw wrongPassword(path);
    if (/unable to load private key/i.test(message)) throw noPrivateKey(path);
    throw new StartupError(`--${pathFlag}: ${path} is damaged: ${message}`);
  }
}

async function loadKeystore(path: string, password: string): Promise<ReturnType<typeof firstKeyOf>> {
  const content = await readSmallFile(path, pathFlag);
  const magic = content.length < 4 ? 0 : content.readUInt32BE(0);
  if (magic === jksMagic) return loadJks(path, content, password);
  if (magic === jceksMagic) {
    throw new StartupError(
      `--${pathFlag}: ${path} is a JCEKS keystore; JKS and PKCS12 can be read: convert it with keytool -importkeystore ` +
        '-deststoretype PKCS12',
    );
  }
  if (content[0] === asn1Sequence) return loadPkcs12(path, content, password);
  throw new StartupError(`--${pathFlag}: ${path} is neither a JKS nor a PKCS12 keystore`);
}

async function loadPem(certificatePath: string, keyPath: string): Promise<ReturnType<typeof firstKeyOf>> {
  const cert = (await readSmallFile(certificatePath, 'ssl_certificate_path')).toString('latin1');
  const key = (await readSmallFile(keyPath, 'ssl_key_path')).toString('latin1');
  if (!cert.includes('-----BEGIN CERTIFICATE-----')) {
    throw new StartupError(`--ssl_certificate_path: ${certificatePath} holds no certificate in PEM form`);
  }
  if (/-----BEGIN ENCRYPTED PRIVATE KEY-----|Proc-Type: 4,ENCRYPTED/.test(key)) {
    throw new StartupError(
      `--ssl_key_path: the private key in ${keyPath} is encrypted: give it without a password, readable by this user alone`,
    );
  }
  if (!/-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/.test(key)) {
    throw new StartupError(`--ssl_key_path: ${keyPath} holds no private key in PEM form`);
  }
  return { material: { key, cert }, warnings: [] };
}

/** The certificate that a server with these options shows, in DER; undefined if this version of Node does not tell. */
function ownCertificate(options: SecureContextOptions): Buffer | undefined {
  const context: unknown = createSecureContext(options).context;
  if (typeof context !== 'object' || context === null || !('getCertificate' in context)) return undefined;
  const { getCertificate } = context;
  if (typeof getCertificate !== 'function') return undefined;
  const certificate: unknown = getCertificate.call(context);
  return Buffer.isBuffer(certificate) ? certificate : undefined;
}

function validityWarnings(path: string, der: Buffer | undefined, nowMs: number): readonly string[] {
  if (der === undefined) return [];
  const { validFrom, validTo } = new X509Certificate(der);
  if (Date.parse(validTo) < nowMs) return [`the certificate in ${path} has expired: it was valid until ${validTo}`];
  if (Date.parse(validFrom) > nowMs) return [`the certificate in ${path} is not valid yet: only from ${validFrom}`];
  return [];
}

/**
 * Reads the key and certificate to serve TLS with. Throws StartupError, one line that names the flag: a file that is missing or is
 * something else, a wrong password, no private key, a key that does not belong to the certificate. A certificate that has expired,
 * or whose time has not come at `nowMs`, is a warning only: who holds it may accept it.
 */
export async function loadTls(source: TlsSource, nowMs: number): Promise<LoadedTls> {
  const { material, warnings } =
    source.type === 'keystore'
      ? await loadKeystore(source.path, source.password)
      : await loadPem(source.certificatePath, source.keyPath);
  const [path, flag] =
    source.type === 'keystore' ? [source.path, pathFlag] : [source.certificatePath, 'ssl_certificate_path'];
  let der: Buffer | undefined;
  try {
    der = ownCertificate({ ...material });
  } catch (error) {
    throw new StartupError(`--${flag}: the key and certificate cannot be used: ${messageOf(error)}`);
  }
  return { material, certificate: der, warnings: [...warnings, ...validityWarnings(path, der, nowMs)] };
}
