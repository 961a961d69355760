import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import type { Test } from 'tap';
import { silentLogger } from '../../src/common/logger.js';
import { serve } from '../../src/http/serve.js';
import type { HttpServer } from '../../src/http/server.js';
import { createStandby } from '../../src/scheduler/api/standby/create-standby.js';
import type { StandbyContext } from '../../src/scheduler/api/standby/create-standby.js';
import { frontOptions } from './fake-front.js';
import { listenOnFreePort } from './listen.js';
import { freePort } from './ports.js';

type StandbyOptions = StandbyContext['options'];

/** A scheduler that does not lead, behind a real socket. */
export interface ServedStandby {
  readonly server: HttpServer;
  /** Of HTTP, or of HTTPS where there is no HTTP. */
  readonly port: number;
  /** `host:port`, as its election would have it. */
  readonly address: string;
  /** From now on ZooKeeper names this one. */
  elect(leader: string | undefined): void;
}

/** Starts one that follows `leader`; it ends with the test. */
export async function serveStandby(
  t: Test,
  leader: string | undefined,
  changes: Partial<StandbyOptions> = {},
  parts: Partial<StandbyContext> = {},
): Promise<ServedStandby> {
  const port = await freePort();
  const options: StandbyOptions = {
    ...frontOptions,
    hostname: '127.0.0.1',
    httpPort: port,
    httpsPort: port,
    leaderProxy: { connectTimeoutMs: 5_000, readTimeoutMs: 10_000, ignoreHostname: false, maxOpenConnections: 64 },
    ...changes,
  };
  let current = leader;
  const server = createStandby({ options, leader: () => current, logger: silentLogger, ...parts });
  t.teardown(() => server.close());
  // TLS beside HTTP would need a port of its own
  await serve(server, options.httpDisabled ? options : { ...options, tls: undefined }, silentLogger);
  return { server, port, address: `127.0.0.1:${port}`, elect: (next) => void (current = next) };
}

/** Starts a server that answers as the test says, and returns its address; it ends with the test. */
export async function fakeLeader(t: Test, answer: RequestListener): Promise<string> {
  return `127.0.0.1:${await listenOnFreePort(t, createServer({ maxHeaderSize: 64 << 10 }, answer))}`;
}
