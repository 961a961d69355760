import type { MasterOptions } from '../../mesos/master-access.js';
import type { HttpClient } from '../../common/http-client.js';
import { logIn, readIamIdentity } from './iam.js';
import type { MesosDnsConfig } from './mesos-dns-config.js';

/** Where the masters are, in the form of `--master`: ZooKeeper goes before a list. */
export function masterTextOf({ Zk, Masters }: MesosDnsConfig): string {
  return Zk === '' ? (Masters ?? []).join(',') : Zk;
}

/** How the masters are talked to. As in Mesos-DNS, every certificate counts without a `CACertFile`. Throws StartupError for an `IAMConfigFile` that cannot be used. */
export function masterOptionsOf(config: MesosDnsConfig): MasterOptions {
  const { Principal: principal, Secret: secret } = config.MesosCredentials;
  const identity = config.MesosAuthentication === 'iam' ? readIamIdentity(config.IAMConfigFile) : undefined;
  return {
    credentials: config.MesosAuthentication === 'basic' ? { principal, secret } : undefined,
    secretFile: undefined,
    tls: config.MesosHTTPSOn,
    caFile: config.CACertFile === '' ? undefined : config.CACertFile,
    verifiesCertificates: config.CACertFile !== '',
    ...(identity === undefined ? {} : { logIn: (http: HttpClient) => logIn(identity, http, Date.now) }),
    ...(config.CertFile === ''
      ? {}
      : { ownCertificate: { certificateFile: config.CertFile, keyFile: config.KeyFile } }),
  };
}
