import type { Logger } from '../../common/logger.js';
import { listenError } from '../../http/listen-error.js';
import type { Responder } from './responder.js';
import { startTcp } from './tcp-server.js';
import { startUdp } from './udp-server.js';

/** The DNS server of one address and port, over UDP and TCP. */
export interface DnsServer {
  close(): Promise<void>;
}

/** Listens on UDP and TCP. Throws StartupError, naming `flag`, when the port cannot be had on either. */
export async function startDnsServer(options: {
  host: string;
  port: number;
  flag: string;
  respond: Responder;
  logger: Logger;
}): Promise<DnsServer> {
  const { host, port, respond, logger } = options;
  const running: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(running.splice(0).map((stop) => stop()));
  };
  try {
    running.push(await startTcp(host, port, respond, logger));
    running.push(await startUdp(host, port, respond, logger));
  } catch (error) {
    await close();
    throw listenError(error, options);
  }
  return { close };
}
