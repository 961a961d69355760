// Takes the pictures of the web interface that the documentation shows, of a cluster of its own with some applications in it:
//   node scripts/screenshots.mjs               docs/images/*.png
//   node scripts/screenshots.mjs --all DIR     every page into DIR, in both themes and at two widths, for looking at
// Needs the build, HAProxy and Debian's Chromium.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium } from 'playwright-core';

const all = process.argv[2] === '--all';
const target = all ? process.argv[3] : 'docs/images';
if (target === undefined) {
  process.stderr.write('usage: node scripts/screenshots.mjs [--all DIR]\n');
  process.exit(2);
}

/** Ports that are free now, below those that the kernel gives to clients. */
async function freePorts(count) {
  const found = [];
  for (let port = 27_000; found.length < count; port++) {
    const isFree = await new Promise((done) => {
      const server = createServer();
      server.once('error', () => done(false));
      server.listen(port, '127.0.0.1', () => server.close(() => done(true)));
    });
    if (isFree) found.push(port);
  }
  return found;
}

async function until(what, check, timeoutMs = 60_000) {
  const end = performance.now() + timeoutMs;
  for (;;) {
    const value = await check().catch(() => undefined);
    if (value) return value;
    if (performance.now() > end) throw new Error(`waited in vain for ${what}`);
    await sleep(200);
  }
}

const server =
  'exec node -e \'require("http").createServer((q, a) => { console.log(new Date().toISOString(), q.method, q.url); a.end("hello\\n"); }).listen(process.env.PORT0, process.env.HOST)\'';

function web(id, instances, more = {}) {
  return {
    id,
    instances,
    cpus: 0.1,
    mem: 48,
    cmd: server,
    healthChecks: [{ protocol: 'HTTP', path: '/', portIndex: 0, intervalSeconds: 2, gracePeriodSeconds: 5 }],
    ...more,
  };
}

const apps = [
  web('/shop/front', 3, {
    labels: { tier: 'web', team: 'shop', HAPROXY_0_VHOST: 'shop.example.org', HAPROXY_GROUP: 'external' },
  }),
  web('/shop/cart', 2, { labels: { tier: 'api', team: 'shop' }, dependencies: ['/shop/store'] }),
  {
    id: '/shop/store',
    instances: 1,
    cpus: 0.2,
    mem: 96,
    cmd: 'exec sleep 100000',
    labels: { tier: 'data', team: 'shop' },
  },
  web('/blog/ghost-0', 1, { labels: { tier: 'web', team: 'blog' } }),
  { id: '/blog/mailer', instances: 0, cpus: 0.1, mem: 32, cmd: 'exec sleep 100000', labels: { team: 'blog' } },
  {
    id: '/hello',
    instances: 2,
    cpus: 0.1,
    mem: 32,
    cmd: 'while true; do echo "hello from $HOST, $(date)"; sleep 1; done',
  },
  { id: '/batch/reports', instances: 3, cpus: 200, mem: 64, cmd: 'exec sleep 100000', labels: { team: 'data' } },
  {
    id: '/batch/broken',
    instances: 1,
    cpus: 0.1,
    mem: 32,
    cmd: 'echo "no such table: orders" >&2; exit 1',
    labels: { team: 'data' },
  },
];

const names = [
  'http_port',
  'https_port',
  'cluster_port',
  'agent_port',
  'dns_port',
  'dns_http_port',
  'lb_port',
  'haproxy_http_port',
  'haproxy_https_port',
  'haproxy_stats_port',
];
const free = await freePorts(names.length);
const ports = Object.fromEntries(names.map((name, index) => [name, free[index]]));
const workDir = mkdtempSync(join(tmpdir(), 'ekiden-screenshots-'));
const base = `http://127.0.0.1:${ports.http_port}`;
const up = spawn(
  process.execPath,
  [resolve('bin/ekiden'), 'up', '--work_dir', workDir, '--local_port_min', '27200', '--local_port_max', '27260'].concat(
    names.flatMap((name) => [`--${name}`, String(ports[name])]),
  ),
  { stdio: ['ignore', 'ignore', 'inherit'] },
);

async function api(method, path, body) {
  const answer = await fetch(`${base}${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

async function prepareCluster() {
  await until('the scheduler', async () => (await fetch(`${base}/ping`)).ok);
  for (const app of apps) await api('POST', '/v2/apps', app);
  await until('the applications', async () => {
    const { app } = await api('GET', '/v2/apps//shop/front');
    return app.tasksHealthy === 3;
  });
  const lb = `http://127.0.0.1:${ports.lb_port}`;
  const rules = [
    { id: '/blog/ghost-0', config: { Acl: 'hdr(host) -i ghost.local', Priority: '10' } },
    { id: '/shop/cart', config: { Acl: 'path_beg /cart' } },
    { id: '/gone', config: { Acl: 'hdr(host) -i gone.local' } },
  ];
  for (const rule of rules) await fetch(`${lb}/api/services`, { method: 'POST', body: JSON.stringify(rule) });
  await api('PUT', '/v2/apps//blog/ghost-0', { env: { THEME: 'casper' } });
  await api('PUT', '/v2/apps//shop/front?force=true', { instances: 4, mem: 64 });
  await sleep(3_000);
  return lb;
}

/** What is shown, by the name of the picture. */
async function pagesOf(lb) {
  const { app } = await api('GET', '/v2/apps//hello');
  const task = app.tasks[0].id;
  const id = encodeURIComponent;
  const ui = (fragment) => `${base}/ui/#/${fragment}`;
  return {
    applications: ui('apps'),
    'applications-list': ui('apps?view=list'),
    group: ui(`group/${id('/shop')}`),
    welcome: ui('welcome'),
    app: ui(`apps/${id('/shop/front')}`),
    'app-configuration': ui(`apps/${id('/shop/front')}/configuration`),
    'app-debug': ui(`apps/${id('/batch/reports')}/debug`),
    'app-failing': ui(`apps/${id('/batch/broken')}/debug`),
    'app-timeline': ui(`apps/${id('/shop/front')}/timeline`),
    'app-endpoints': ui(`apps/${id('/shop/front')}/endpoints`),
    task: ui(`apps/${id('/hello')}/tasks/${id(task)}`),
    log: ui(`apps/${id('/hello')}/tasks/${id(task)}?file=stdout&follow=true`),
    create: ui('newapp'),
    edit: ui(`edit/${id('/shop/front')}`),
    deployments: ui('deployments'),
    queue: ui('queue'),
    nodes: ui('nodes'),
    dns: ui('dns/front.shop.marathon.mesos'),
    routes: ui('routes'),
    'routes-haproxy': ui('routes/haproxy'),
    events: ui('events'),
    about: ui('about'),
    'edge-rules': `${lb}/ui/`,
  };
}

/** Those that the documentation shows. */
const shown = ['applications', 'app', 'app-debug', 'log', 'edit', 'deployments', 'dns', 'routes', 'routes-haproxy'];

async function take(pages) {
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-quic', '--no-first-run'],
  });
  const looks = all
    ? ['light', 'dark'].flatMap((colorScheme) => [1280, 390].map((width) => ({ colorScheme, width })))
    : [{ colorScheme: 'light', width: 1280 }];
  try {
    for (const { colorScheme, width } of looks) {
      const context = await browser.newContext({
        viewport: { width, height: 800 },
        colorScheme,
        reducedMotion: 'reduce',
      });
      const page = await context.newPage();
      page.on('console', (message) => message.type() === 'error' && process.stderr.write(`${message.text()}\n`));
      for (const [name, url] of Object.entries(pages)) {
        if (!all && !shown.includes(name)) continue;
        await page.goto('about:blank');
        await page.goto(url);
        await sleep(2_000);
        const isWide = await page.evaluate(
          () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
        );
        if (isWide) process.stderr.write(`${name} is wider than the window (${width})\n`);
        const file = all ? `${name}-${colorScheme}-${width}.png` : `${name}.png`;
        await page.screenshot({ path: join(target, file), fullPage: all });
      }
      await context.close();
    }
  } finally {
    await browser.close();
  }
}

try {
  mkdirSync(target, { recursive: true });
  const lb = await prepareCluster();
  await take(await pagesOf(lb));
} finally {
  up.kill('SIGINT');
  await new Promise((done) => (up.exitCode === null ? up.once('exit', done) : done()));
  rmSync(workDir, { recursive: true, force: true });
}
