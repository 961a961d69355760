import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { PemFiles } from './certificates.js';

const run = promisify(execFile);
const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** Vouches for certificates that it signs. */
export interface Authority {
  /** Its own certificate, as a PEM file. */
  readonly certificatePath: string;
  /** A certificate for an IP address, with its key. */
  sign(address: string): Promise<PemFiles>;
}

/** Makes a certificate authority in `directory`. */
export async function makeAuthority(directory: string, name: string): Promise<Authority> {
  const at = (file: string): string => join(directory, file);
  const [ca, caKey] = [at(`${name}-ca.crt`), at(`${name}-ca.key`)];
  await run('openssl', [
    'req',
    '-x509',
    ...newKey,
    '-keyout',
    caKey,
    '-out',
    ca,
    '-days',
    '30',
    '-subj',
    `/CN=${name}`,
  ]);
  return {
    certificatePath: ca,
    async sign(address) {
      const files = { certificatePath: at(`${name}-${address}.crt`), keyPath: at(`${name}-${address}.key`) };
      const [request, extensions] = [at(`${name}-${address}.csr`), at(`${name}-${address}.ext`)];
      await run('openssl', [
        'req',
        '-new',
        ...newKey,
        '-keyout',
        files.keyPath,
        '-out',
        request,
        '-subj',
        '/CN=server',
      ]);
      await writeFile(extensions, `subjectAltName=IP:${address}\n`);
      const signed = ['-CA', ca, '-CAkey', caKey, '-CAcreateserial', '-extfile', extensions, '-days', '30'];
      await run('openssl', ['x509', '-req', '-in', request, ...signed, '-out', files.certificatePath]);
      return files;
    },
  };
}
