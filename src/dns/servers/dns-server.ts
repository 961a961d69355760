import { codeOf } from '../../common/errors.js';
import { sleep } from '../../common/time.js';
import { listenError } from '../../http/listen-error.js';
import { startTcp } from './tcp-server.js';
import { startUdp } from './udp-server.js';
import type { UdpParts } from './udp-server.js';

/** The DNS server of one address and port, over UDP and TCP. */
export interface DnsServer {
  close(): Promise<void>;
}

/** A port that is in use is tried again so often while there is patience. */
const retryMs = 100;

/**
 * Listens on UDP and TCP. Throws StartupError, naming `flag`, when the port cannot be had on either; one that is in use may be left by
 * whoever has it within `patienceMs`.
 */
export async function startDnsServer(
  options: { readonly host: string; readonly port: number; readonly flag: string; readonly patienceMs: number },
  parts: UdpParts,
): Promise<DnsServer> {
  const giveUpAt = performance.now() + options.patienceMs;
  for (;;) {
    try {
      return await listenOnBoth(options, parts);
    } catch (error) {
      if (codeOf(error) !== 'EADDRINUSE' || performance.now() >= giveUpAt) throw listenError(error, options);
      await sleep(retryMs);
    }
  }
}

async function listenOnBoth({ host, port }: { host: string; port: number }, parts: UdpParts): Promise<DnsServer> {
  const running: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(running.splice(0).map((stop) => stop()));
  };
  try {
    running.push(await startTcp(host, port, parts));
    running.push(await startUdp(host, port, parts));
  } catch (error) {
    await close();
    throw error;
  }
  return { close };
}
