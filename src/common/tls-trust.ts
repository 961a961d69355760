import { X509Certificate } from 'node:crypto';
import { checkServerIdentity, rootCertificates } from 'node:tls';
import type { ConnectionOptions } from 'node:tls';

const certificatePattern = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/**
 * How to connect to servers whose certificates the usual authorities do not vouch for: `pem` holds authorities, or certificates of
 * the servers themselves. A server that shows one of these very certificates is trusted under any name, because nobody else can
 * have its key; all others must show the name that they were called by. Throws when `pem` holds no certificate, or a broken one.
 */
export function trusting(
  pem: string,
): Required<Pick<ConnectionOptions, 'ca' | 'checkServerIdentity' | 'allowPartialTrustChain'>> {
  const certificates = pem.match(certificatePattern) ?? [];
  if (certificates.length === 0) throw new Error('holds no certificate in PEM form');
  const own = new Set(certificates.map((text) => new X509Certificate(text).fingerprint256));
  return {
    ca: [...rootCertificates, ...certificates],
    // A certificate that is trusted as such needs no authority above it.
    allowPartialTrustChain: true,
    checkServerIdentity: (host, certificate) =>
      own.has(certificate.fingerprint256) ? undefined : checkServerIdentity(host, certificate),
  };
}
