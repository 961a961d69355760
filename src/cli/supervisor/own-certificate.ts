import { X509Certificate } from 'node:crypto';
import { writeFileAtomic } from '../../common/atomic-file.js';
import { messageOf } from '../../common/errors.js';
import type { Logger } from '../../common/logger.js';
import { watchFile } from '../../common/watch-file.js';
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
  const watches = filesOf(source).map((file) =>
    watchFile(file, {
      onChange: () => {
        write().catch((error: unknown) => logger.warn({ file }, `the certificate is not renewed: ${messageOf(error)}`));
      },
      onError: (error) => logger.warn({ err: error, file }, 'changes of this file may go unnoticed'),
    }),
  );
  return { close: async () => void (await Promise.all(watches.map((watch) => watch.close()))) };
}
