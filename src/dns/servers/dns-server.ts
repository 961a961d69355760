import { listenError } from '../../http/listen-error.js';
import { startTcp } from './tcp-server.js';
import { startUdp } from './udp-server.js';
import type { UdpParts } from './udp-server.js';

/** The DNS server of one address and port, over UDP and TCP. */
export interface DnsServer {
  close(): Promise<void>;
}

/** Listens on UDP and TCP. Throws StartupError, naming `flag`, when the port cannot be had on either. */
export async function startDnsServer(
  options: { readonly host: string; readonly port: number; readonly flag: string },
  parts: UdpParts,
): Promise<DnsServer> {
  const { host, port } = options;
  const running: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(running.splice(0).map((stop) => stop()));
  };
  try {
    running.push(await startTcp(host, port, parts));
    running.push(await startUdp(host, port, parts));
  } catch (error) {
    await close();
    throw listenError(error, options);
  }
  return { close };
}
