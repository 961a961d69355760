import { X509Certificate } from 'node:crypto';
import { writeFileAtomic } from '../../common/atomic-file.js';
import { messageOf } from '../../common/errors.js';
import { followFiles } from '../../common/follow-files.js';
import type { Logger } from '../../common/logger.js';
import { filesOf, loadTls } from '../../http/tls.js';
import type { TlsSource } from '../../http/tls.js';

/**
 * Keeps the certificate of a keystore (nothing secret) at `path` as PEM, also when it is renewed, for roles that reach the API by
 * TLS alone and cannot read keystores. Throws StartupError for a keystore that cannot be used. Resolves with what ends it.
 */
export async function keepOwnCertificate(
  source: TlsSource,
  path: string,
  logger: Logger,
): Promise<{ close(): Promise<void> }> {
  async function write(): Promise<void> {
    const { certificate } = await loadTls(source, Date.now());
    if (certificate === undefined)
      throw new Error('this version of Node.js does not tell the certificate of a keystore');
    await writeFileAtomic(path, new X509Certificate(certificate).toString());
  }
  await write();
  const files = filesOf(source);
  return followFiles(files, {
    async read() {
      try {
        await write();
      } catch (error) {
        logger.warn({ files }, `the certificate is not renewed: ${messageOf(error)}`);
      }
    },
    onError: (error) => logger.warn({ err: error, files }, 'changes of these files may go unnoticed'),
  });
}
