import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The password of every keystore made here. */
export const storePassword = 'changeit';

/** Whether Java's keytool can be called; a reason to skip what needs it otherwise. */
export const withoutKeytool: string | false =
  spawnSync('keytool', ['-help'], { stdio: 'ignore' }).status === 0
    ? false
    : 'keytool (of a Java runtime) is not installed';

export interface PemFiles {
  readonly certificatePath: string;
  readonly keyPath: string;
}

const keyOptions = {
  EC: ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'],
  RSA: ['-newkey', 'rsa:2048'],
} as const;

/** A key and a self-signed certificate for `commonName`, as PEM files in `directory`. */
export async function makePem(
  directory: string,
  commonName: string,
  algorithm: keyof typeof keyOptions = 'EC',
): Promise<PemFiles> {
  const certificatePath = join(directory, `${commonName}.crt`);
  const keyPath = join(directory, `${commonName}.key`);
  const key = [...keyOptions[algorithm], '-nodes', '-keyout', keyPath];
  await run('openssl', ['req', '-x509', ...key, '-out', certificatePath, '-days', '30', '-subj', `/CN=${commonName}`]);
  return { certificatePath, keyPath };
}

/** The same in one PKCS12 keystore; `options` are more arguments of openssl. Returns its path. */
export async function makePkcs12(
  directory: string,
  commonName: string,
  { certificatePath, keyPath }: PemFiles,
  options: readonly string[] = [],
): Promise<string> {
  const path = join(directory, `${commonName}.p12`);
  const input = ['-inkey', keyPath, '-in', certificatePath];
  await run('openssl', ['pkcs12', '-export', ...input, '-out', path, '-passout', `pass:${storePassword}`, ...options]);
  return path;
}

/** A keystore that keytool makes, with one key pair under `alias`. Returns its path. */
export async function makeJks(
  directory: string,
  commonName: string,
  {
    alias = 'marathon',
    keyPassword = storePassword,
    type = 'JKS',
    algorithm = 'RSA',
    file = `${commonName}.jks`,
  }: { alias?: string; keyPassword?: string; type?: string; algorithm?: 'RSA' | 'EC'; file?: string } = {},
): Promise<string> {
  const path = join(directory, file);
  const names = ['-alias', alias, '-dname', `CN=${commonName}`, '-keystore', path, '-storetype', type];
  const key =
    algorithm === 'RSA' ? ['-keyalg', 'RSA', '-keysize', '2048'] : ['-keyalg', 'EC', '-groupname', 'secp256r1'];
  const passwords = ['-storepass', storePassword, '-keypass', keyPassword];
  await run('keytool', ['-genkeypair', ...names, ...key, '-validity', '30', ...passwords]);
  return path;
}

/** A JKS keystore that holds only a certificate that is trusted. Returns its path. */
export async function makeTrustStore(directory: string, { certificatePath }: PemFiles): Promise<string> {
  const path = join(directory, 'trust.jks');
  const store = ['-keystore', path, '-storetype', 'JKS', '-storepass', storePassword];
  await run('keytool', ['-importcert', '-noprompt', '-alias', 'ca', ...store, '-file', certificatePath]);
  return path;
}

/** The private key of `files`, encrypted with a password, as a file in `directory`. Returns its path. */
export async function encryptKey(directory: string, { keyPath }: PemFiles): Promise<string> {
  const path = join(directory, 'encrypted.key');
  await run('openssl', ['pkcs8', '-topk8', '-in', keyPath, '-out', path, '-passout', `pass:${storePassword}`]);
  return path;
}
