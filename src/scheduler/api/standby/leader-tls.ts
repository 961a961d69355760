import { checkServerIdentity, createSecureContext } from 'node:tls';
import type { ConnectionOptions } from 'node:tls';
import { trusting } from '../../../common/tls-trust.js';
import { loadTls } from '../../../http/tls.js';
import type { LoadedTls, TlsSource } from '../../../http/tls.js';

/** How to connect to a leader by TLS. */
export type LeaderTls = Required<Pick<ConnectionOptions, 'secureContext' | 'checkServerIdentity'>>;

/** A certificate as PEM text. */
function pemOf(der: Buffer): string {
  return `-----BEGIN CERTIFICATE-----\n${der.toString('base64')}\n-----END CERTIFICATE-----\n`;
}

/** The certificates of this scheduler's own files. */
function ownCertificates({ material, certificate }: LoadedTls): string {
  const given = 'cert' in material ? material.cert : '';
  return certificate === undefined ? given : `${given}\n${pemOf(certificate)}`;
}

/**
 * Trusts leaders whose certificate the usual authorities vouch for, or one whose certificate is in this scheduler's own `source`, or that
 * very certificate, which shows no name of its own then: the schedulers of one cluster share a keystore as a rule (marathon.md §16.2).
 * `ignoresHostname`: the certificate of a leader may be for any name. Throws StartupError when `source` cannot be read.
 */
export async function loadLeaderTls(source: TlsSource | undefined, ignoresHostname: boolean): Promise<LeaderTls> {
  const own = source === undefined ? undefined : await loadTls(source, Date.now());
  const { checkServerIdentity: check = checkServerIdentity, ...trusted } =
    own === undefined ? {} : trusting(ownCertificates(own));
  // The authorities in a PKCS12 keystore can be had from OpenSSL alone
  const keystore = own !== undefined && 'pfx' in own.material ? own.material : {};
  return {
    secureContext: createSecureContext({ ...trusted, ...keystore }),
    checkServerIdentity: ignoresHostname ? () => undefined : check,
  };
}
