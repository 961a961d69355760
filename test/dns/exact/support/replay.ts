import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Test } from 'tap';
import { createHttpClient } from '../../../../src/common/http-client.js';
import { silentLogger } from '../../../../src/common/logger.js';
import { readConfig } from '../../../../src/dns/config/read-config.js';
import type { MesosDnsConfig } from '../../../../src/dns/config/mesos-dns-config.js';
import { resolverOf } from '../../../../src/dns/config/validate-config.js';
import { startExactDns } from '../../../../src/dns/exact/start-exact.js';
import { parseHostPort } from '../../../../src/dns/records/host-port.js';
import { fixedMasters } from '../../../../src/mesos/master-source.js';
import { freePort } from '../../../support/ports.js';
import { waitFor } from '../../../support/wait.js';
import { readJson } from '../../support/golden.js';

interface Upstream {
  servers: { addr: string; mode?: string }[];
}

/** A folder of recordings with other ports: what stands in for masters and resolvers listens where nobody else does. */
async function relocated(
  t: Test,
  folder: string,
  config: MesosDnsConfig,
): Promise<{ dir: string; moved: Map<string, string> }> {
  const dir = join(t.testdir(), 'moved');
  mkdirSync(dir);
  const moved = new Map<string, string>();
  const move = async (address: string): Promise<string> => {
    const to = `127.0.0.1:${await freePort()}`;
    moved.set(address, to);
    return to;
  };
  const masters: string[] = [];
  for (const master of config.Masters ?? []) masters.push(await move(master));
  writeFileSync(join(dir, 'config.json'), JSON.stringify({ masters }));
  copyFileSync(join(folder, 'state.json'), join(dir, 'state.json'));
  if (Object.keys(config.ZoneResolvers).length > 0) {
    const { servers } = readJson(folder, 'upstream.json') as Upstream;
    for (const server of servers) server.addr = await move(server.addr);
    writeFileSync(join(dir, 'upstream.json'), JSON.stringify({ servers }));
  }
  return { dir, moved };
}

function answersAt(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

/** Starts what stands in for the masters and resolvers of a recorded scenario, and the name server with its configuration, on free ports. */
export async function startScenario(
  t: Test,
  golden: string,
  scenario: string,
): Promise<{ readonly dns: number; readonly http: number }> {
  const folder = join(golden, 'open', scenario);
  const config = readConfig(join(folder, 'config.json'));
  const { dir, moved } = await relocated(t, folder, config);
  const others = spawn(process.execPath, [join(golden, 'serve.mjs'), dir], { stdio: 'ignore' });
  const over = new Promise((resolve) => others.once('exit', resolve));
  t.teardown(async () => {
    others.kill('SIGKILL');
    await over;
  });
  const movedTo = (address: string): string => moved.get(address) ?? address;
  const first = parseHostPort(movedTo(config.Masters?.[0] ?? ''));
  await waitFor('the stand-ins', () => answersAt(first?.port ?? 0));

  const http = createHttpClient({ timeoutMs: 10_000 });
  const ports = { dns: await freePort(), http: await freePort() };
  const handle = await startExactDns(
    config,
    { logger: silentLogger, fatal: (error) => t.error(error) },
    {
      ports,
      openMasters: () =>
        Promise.resolve({
          name: 'the stand-ins',
          source: fixedMasters(config.Masters ?? []),
          http: {
            ...http,
            request: (asked) => {
              const url = new URL(asked.url);
              return http.request({ ...asked, url: `http://${movedTo(url.host)}${url.pathname}` });
            },
          },
          scheme: 'http',
          headers: {},
          close: () => http.close(),
        }),
      resolverOf: (text) => resolverOf(movedTo(text)),
      resolveHost: (host) =>
        host === 'localhost'
          ? Promise.resolve(['127.0.0.1'])
          : Promise.reject(new Error(`${host} is not in /etc/hosts`)),
    },
  );
  t.teardown(() => handle.stop('self'));
  await waitFor('the first state', () => answersAt(ports.http));
  return ports;
}
