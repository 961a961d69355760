import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CatalogApp, CatalogInstance } from '../../src/catalog/types.js';
import type { LbStatus } from '../../src/lb/api/routes.js';
import { catalogApp, catalogInstance, startFakeCatalog } from '../../test/support/fake-catalog.js';
import type { FakeCatalog } from '../../test/support/fake-catalog.js';
import { freePort } from '../../test/support/ports.js';
import { waitFor } from '../../test/support/wait.js';
import { startProbed } from '../support/probed-process.js';
import type { ProbedProcess } from '../support/probed-process.js';

/** Nobody listens there, so that the checks of thousands of servers cost nobody but HAProxy. */
const closedPort = 1;
const serversPerApp = 3;

/** A load balancer as users start it, with so many apps, whose scheduler is played by this process. */
export interface LbSite {
  readonly apps: number;
  readonly directory: string;
  readonly catalog: FakeCatalog;
  readonly role: ProbedProcess;
  /** Service port of the app with this number. */
  servicePort(app: number): number;
  /** Instance `index` of an app, at a port of this machine; without one at a port that nobody listens on. */
  instance(app: number, index: number, port?: number): CatalogInstance;
  app(app: number): CatalogApp;
  status(): Promise<LbStatus>;
  /** How many changes were published. */
  readonly published: number;
  publish(change: Parameters<FakeCatalog['publish']>[0]): void;
  /** Resolves when HAProxy does what was published last. */
  settled(): Promise<LbStatus>;
  stop(): Promise<void>;
}

export async function openSite(apps: number): Promise<LbSite> {
  const directory = mkdtempSync(join(tmpdir(), 'ekiden-bench-lb-'));
  const catalog = await startFakeCatalog();
  const lbPort = await freePort();
  const flags = [
    `--marathon=${catalog.url}`,
    `--work_dir=${directory}`,
    `--lb_port=${lbPort}`,
    '--haproxy_bind=127.0.0.1',
    '--keep_haproxy',
    ...(await Promise.all(
      ['haproxy_http_port', 'haproxy_https_port', 'haproxy_stats_port'].map(
        async (name) => `--${name}=${await freePort()}`,
      ),
    )),
  ];
  // A checked server takes a descriptor, and so do two for each connection: containers often allow no more than 20,000.
  const shipped = readFileSync('templates/haproxy.cfg.hbs', 'utf8');
  const template = join(directory, 'bench.hbs');
  writeFileSync(
    template,
    shipped
      .replace(/maxconn \{\{[^}]*\}\}/, 'maxconn 2000')
      .replaceAll(/^( *server \{\{name\}\} \{\{endpoint\}\}).*$/gm, '$1'),
  );
  flags.push(`--haproxy_template=${template}`);
  let published = 0;
  const servicePort = (app: number): number => 10_000 + app;
  const app = (number: number): CatalogApp =>
    catalogApp(`/bench/app-${number}`, servicePort(number), {
      instances: serversPerApp,
      labels: { HAPROXY_GROUP: 'external', HAPROXY_0_VHOST: `app-${number}.example.com` },
    });
  const instance = (number: number, index: number, port = closedPort): CatalogInstance =>
    catalogInstance(`/bench/app-${number}`, `bench_app-${number}.${index}`, [port], {
      host: `127.${1 + (number >> 8)}.${number & 255}.${index + 1}`,
    });
  const publish: LbSite['publish'] = (change) => {
    published += 1;
    catalog.publish(change);
  };
  const numbers = Array.from({ length: apps }, (_, number) => number);
  publish({
    apps: numbers.map(app),
    instances: numbers.flatMap((number) =>
      Array.from({ length: serversPerApp }, (_, index) => instance(number, index)),
    ),
  });
  const role = startProbed(['lb', ...flags]);
  const status = async (): Promise<LbStatus> =>
    (await (await fetch(`http://127.0.0.1:${lbPort}/ekiden/v1/status`)).json()) as LbStatus;
  const settled = (): Promise<LbStatus> =>
    waitFor(
      'what was published to be in force',
      async () => {
        if (role.ended) throw new Error(role.log);
        const now = await status();
        return now.haproxy.state === 'running' && now.position?.seq === published && now;
      },
      { withinMs: 120_000, everyMs: 20 },
    );
  const stop = async (): Promise<void> => {
    await role.stop();
    await catalog.close();
    rmSync(directory, { recursive: true, force: true, maxRetries: 10 });
  };
  const site: LbSite = {
    apps,
    directory,
    catalog,
    role,
    servicePort,
    instance,
    app,
    status,
    get published() {
      return published;
    },
    publish,
    settled,
    stop,
  };
  try {
    await settled();
    return site;
  } catch (error) {
    await stop();
    throw error;
  }
}
