import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { codeOf, messageOf } from '../../common/errors.js';
import { unsafeCharacters } from '../rules/acl-words.js';
import type { Certificate } from '../compile/routing-model.js';

/** A certificate that can be used, and what it is for. */
export interface CheckedCertificate extends Certificate {
  /** DNS names, lower case, `*.…` among them; the common name where there are none. */
  readonly names: readonly string[];
  readonly validUntil: Date;
}

const maxBytes = 1_048_576;

async function readLimited(path: string): Promise<string> {
  const { size } = await stat(path);
  if (size > maxBytes) throw new Error(`larger than ${maxBytes} bytes`);
  return readFile(path, 'latin1');
}

/** The key that HAProxy takes where the file holds none: `X.pem.key`. */
async function readKeyBeside(path: string): Promise<string> {
  try {
    return await readLimited(`${path}.key`);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') throw new Error(`it holds no private key, and there is no ${path}.key`);
    throw error;
  }
}

function namesOf(certificate: X509Certificate): string[] {
  const alternatives = (certificate.subjectAltName ?? '')
    .split(', ')
    .flatMap((entry) => (entry.startsWith('DNS:') ? [entry.slice(4).toLowerCase()] : []));
  if (alternatives.length > 0) return alternatives;
  const common = /(?:^|\n)CN=(.+)/.exec(certificate.subject)?.[1];
  return common === undefined ? [] : [common.toLowerCase()];
}

/**
 * Reads a PEM file with a certificate, those that lead to its authority, and its key (there or in `<path>.key`). Throws an Error that
 * says why HAProxy could not use it, or nobody would accept it.
 */
export async function readCertificate(path: string, now: Date): Promise<CheckedCertificate> {
  if (unsafeCharacters.test(path)) throw new Error('its name holds a control character');
  const text = await readLimited(path);
  const keyPem = /-----BEGIN [A-Z ]*PRIVATE KEY-----/;
  const key = keyPem.test(text) ? text : await readKeyBeside(path);
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(text);
  } catch (error) {
    throw new Error(`it holds no certificate that can be read: ${messageOf(error)}`);
  }
  const privateKey = createPrivateKey({ key: key.slice(Math.max(0, key.search(keyPem))), format: 'pem' });
  if (!certificate.checkPrivateKey(privateKey)) throw new Error('the private key belongs to another certificate');
  const validUntil = new Date(certificate.validTo);
  if (validUntil <= now) throw new Error(`it has expired: valid until ${validUntil.toISOString()}`);
  if (new Date(certificate.validFrom) > now) throw new Error(`it is valid from ${certificate.validFrom} only`);
  const fingerprint = createHash('sha256').update(text).update('\0').update(key).digest('hex').slice(0, 32);
  return { path, fingerprint, names: namesOf(certificate), validUntil };
}
