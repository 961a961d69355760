import type { MasterOptions } from '../../mesos/master-access.js';
import type { MesosDnsConfig } from './mesos-dns-config.js';

/** Where the masters are, in the form of `--master`: ZooKeeper goes before a list. */
export function masterTextOf({ Zk, Masters }: MesosDnsConfig): string {
  return Zk === '' ? (Masters ?? []).join(',') : Zk;
}

/** How the masters are talked to. As in Mesos-DNS, every certificate counts without a `CACertFile`. */
export function masterOptionsOf(config: MesosDnsConfig): MasterOptions {
  const { Principal: principal, Secret: secret } = config.MesosCredentials;
  return {
    credentials: config.MesosAuthentication === 'basic' ? { principal, secret } : undefined,
    secretFile: undefined,
    tls: config.MesosHTTPSOn,
    caFile: config.CACertFile === '' ? undefined : config.CACertFile,
    verifiesCertificates: config.CACertFile !== '',
    ...(config.CertFile === ''
      ? {}
      : { ownCertificate: { certificateFile: config.CertFile, keyFile: config.KeyFile } }),
  };
}
