// Pods with real processes and containers: launched together, kept together, found, shown.
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import t from 'tap';
import { killProcess } from '../support/kill.js';
import { podmanProblem } from '../support/podman.js';
import { waitFor } from '../support/wait.js';
import { startOwnEngine } from './containers/support/own-engine.js';
import { startBundle } from './support/bundle.js';
import type { Bundle } from './support/bundle.js';
import { addressesOf, endpointsOf } from './support/dig.js';
import { ask } from './support/http.js';
import { groupText } from './support/sandbox.js';

t.setTimeout(300_000);

interface ContainerStatus {
  readonly name: string;
  readonly status: string;
  readonly containerId: string;
  readonly conditions: readonly { readonly value: string }[];
  readonly endpoints: readonly {
    readonly name: string;
    readonly allocatedHostPort?: number;
    readonly healthy?: boolean;
  }[];
}

interface InstanceStatus {
  readonly id: string;
  readonly status: string;
  readonly containers: readonly ContainerStatus[];
}

interface PodStatus {
  readonly status: string;
  readonly instances: readonly InstanceStatus[];
  readonly terminationHistory: readonly {
    readonly instanceID: string;
    readonly message?: string;
    readonly containers: readonly {
      readonly containerId: string;
      readonly lastKnownState: string;
      readonly termination: { readonly exitCode?: number; readonly message?: string };
    }[];
  }[];
}

async function statusOf(bundle: Bundle, podId: string): Promise<PodStatus> {
  const { status, body, text } = await bundle.api('GET', `/v2/pods/${podId}::status`);
  if (status !== 200) throw new Error(`${status} ${text}`);
  return body as PodStatus;
}

/** Waits until a pod has exactly `count` instances, all stable, none of which is among `not`. */
function stable(bundle: Bundle, podId: string, count: number, not: readonly string[] = []): Promise<PodStatus> {
  return waitFor(
    `${count} × ${podId}`,
    async () => {
      const pod = await statusOf(bundle, podId);
      const { instances, status } = pod;
      const isMeant = ({ id, status: own }: InstanceStatus): boolean => own === 'STABLE' && !not.includes(id);
      if (status !== 'STABLE' || instances.length !== count || !instances.every(isMeant)) {
        throw new Error(`it is ${JSON.stringify(pod)}`);
      }
      return pod;
    },
    { withinMs: 90_000, everyMs: 100 },
  );
}

function containerOf(instance: InstanceStatus | undefined, name: string): ContainerStatus {
  const found = instance?.containers.find((container) => container.name === name);
  if (found === undefined) throw new Error(`there is no container ${name}`);
  return found;
}

function portOf(instance: InstanceStatus | undefined): number {
  return containerOf(instance, 'web').endpoints.find(({ name }) => name === 'http')?.allocatedHostPort ?? 0;
}

const node = process.execPath;
const server = [
  'const { readFileSync } = require("fs");',
  'require("http").createServer((q, a) => {',
  '  try { a.end(readFileSync("common/page")); } catch { a.writeHead(503).end(); }',
  '}).listen(+process.env.ENDPOINT_HTTP, process.env.HOST);',
].join(' ');
const client = [
  'const { ENDPOINT_HTTP, HOST } = process.env;',
  'const look = () => fetch("http://" + HOST + ":" + ENDPOINT_HTTP).then((r) => r.text()).then((text) => console.log("read:" + text), () => setTimeout(look, 50));',
  'look(); setInterval(() => undefined, 1000);',
].join(' ');

const resources = { cpus: 0.1, mem: 64 };
const quickCheck = { intervalSeconds: 2, timeoutSeconds: 1, delaySeconds: 0, gracePeriodSeconds: 60 };

/** A server whose page is written by its neighbour, who then reads it from the server; the neighbour says by the page who it is. */
const pair = {
  id: '/shop/pair',
  volumes: [{ name: 'shared' }],
  scheduling: { backoff: { backoff: 0.1, backoffFactor: 1, maxLaunchDelay: 1 } },
  containers: [
    {
      name: 'web',
      exec: { command: { argv: [node, '-e', server] } },
      resources,
      endpoints: [{ name: 'http', hostPort: 0, protocol: ['tcp'] }],
      volumeMounts: [{ name: 'shared', mountPath: 'common' }],
      healthCheck: { ...quickCheck, http: { endpoint: 'http', path: '/' } },
    },
    {
      name: 'writer',
      exec: { command: { shell: `echo "$MESOS_TASK_ID $$" >common/page; exec '${node}' -e '${client}'` } },
      resources,
      volumeMounts: [{ name: 'shared', mountPath: 'common' }],
    },
  ],
};

async function page(port: number): Promise<string> {
  const { status, text } = await ask(port, '/');
  if (status !== 200) throw new Error(`${status} ${text}`);
  return text.trim();
}

t.test('a pod of processes', async (t) => {
  const bundle = await startBundle(t);
  const created = await bundle.api('POST', '/v2/pods', pair);
  if (created.status !== 201) throw new Error(created.text);
  await bundle.waitForDeployments();
  const first = (await stable(bundle, '/shop/pair', 1)).instances[0];
  const [web, writer] = [containerOf(first, 'web'), containerOf(first, 'writer')];

  await t.test('its containers share volumes and the network; the endpoint is reached', async (t) => {
    t.match(web, { status: 'TASK_RUNNING', conditions: [{ value: 'true' }], endpoints: [{ healthy: true }] });
    const text = await page(portOf(first));
    t.ok(text.startsWith(`${writer.containerId} `), text);
    await waitFor('the log', async () =>
      (await groupText(bundle, writer.containerId, 'stdout')).includes(`read:${text}`),
    );
    t.same((await bundle.api('GET', '/v2/tasks')).body, { tasks: [] });
  });

  await t.test('names and routes lead to it', async (t) => {
    await waitFor('its names', async () => {
      const { answer } = await bundle.dig('pair.shop.marathon.mesos', 'A');
      return addressesOf(answer).includes('127.0.0.1');
    });
    t.same(endpointsOf(await bundle.dig('_http._pair.shop._tcp.marathon.mesos', 'SRV')), [
      `127.0.0.1:${portOf(first)}`,
    ]);
    const made = await bundle.rules('POST', '/api/services', { id: '/shop/pair', acl: 'hdr(host) -i pair.local' });
    t.equal(made.status, 200, made.text);
    await waitFor('the rule to route', async () => {
      const { status, text } = await bundle.route('/', { host: 'pair.local' });
      return status === 200 && text.startsWith(writer.containerId);
    });
  });

  await t.test('kill -9 of one process: the others end, all are replaced', async (t) => {
    const pid = Number((await page(portOf(first))).split(' ')[1]);
    killProcess(pid);
    const after = await stable(bundle, '/shop/pair', 1, [first?.id ?? '']);
    t.match(after.terminationHistory[0], {
      instanceID: first?.id,
      message: 'writer: Command terminated with signal Killed',
      containers: [
        { containerId: web.containerId, lastKnownState: 'TASK_KILLED' },
        { containerId: writer.containerId, lastKnownState: 'TASK_FAILED' },
      ],
    });
    await waitFor('the route to follow', async () => {
      const { status, text } = await bundle.route('/', { host: 'pair.local' });
      return status === 200 && text.startsWith(containerOf(after.instances[0], 'writer').containerId);
    });
  });

  await t.test('kill -9 of the scheduler and of the cluster: the same instance is found again', async (t) => {
    const before = (await stable(bundle, '/shop/pair', 1)).instances[0];
    const text = await page(portOf(before));
    for (const role of ['scheduler', 'cluster'] as const) {
      const identity = bundle.rolePids()[role];
      await bundle.kill(role);
      await waitFor(`a new ${role}`, () => bundle.rolePids()[role]?.pid !== identity?.pid);
      await bundle.ready();
      const after = await stable(bundle, '/shop/pair', 1);
      t.equal(after.instances[0]?.id, before?.id, role);
      t.ok(after.terminationHistory.length > 0, 'what has ended is remembered');
      t.equal(await page(portOf(after.instances[0])), text, 'the same processes');
    }
  });

  await t.test('scaled, changed, killed by instance, deleted', async (t) => {
    const scaled = await bundle.api('PUT', '/v2/pods//shop/pair', {
      ...pair,
      scaling: { kind: 'fixed', instances: 2 },
    });
    t.equal(scaled.status, 200, scaled.text);
    await bundle.waitForDeployments();
    const two = (await stable(bundle, '/shop/pair', 2)).instances;
    t.not(portOf(two[0]), portOf(two[1]));
    const ids = two.map(({ id }) => id);

    const killed = await bundle.api('DELETE', `/v2/pods//shop/pair::instances/${ids[0] ?? ''}`);
    t.equal(killed.status, 200, killed.text);
    const replaced = (await stable(bundle, '/shop/pair', 2, ids.slice(0, 1))).instances.map(({ id }) => id);
    t.ok(replaced.includes(ids[1] ?? ''));

    const changed = await bundle.api('PUT', '/v2/pods//shop/pair', {
      ...pair,
      environment: { NEW: 'yes' },
      scaling: { kind: 'fixed', instances: 2 },
    });
    t.equal(changed.status, 200, changed.text);
    await bundle.waitForDeployments();
    const fresh = (await stable(bundle, '/shop/pair', 2, replaced)).instances;
    t.equal(fresh.length, 2);

    const ports = fresh.map(portOf);
    const deleted = await bundle.api('DELETE', '/v2/pods//shop/pair');
    t.equal(deleted.status, 202, deleted.text);
    await bundle.waitForDeployments();
    t.equal((await bundle.api('GET', '/v2/pods//shop/pair')).status, 404);
    for (const port of ports) await t.rejects(ask(port, '/'), 'nobody listens any more');
  });

  const noPython = spawnSync('python3', ['--version']).status === 0 ? false : 'python3 is not installed';
  await t.test('the example of the guide', { skip: noPython }, async (t) => {
    const example = /\/v2\/pods -H .*? <<'END'\n(.*?)\nEND\n/s.exec(readFileSync('docs/guide.md', 'utf8'))?.[1];
    const clock = await bundle.api('POST', '/v2/pods', JSON.parse(example ?? ''));
    t.equal(clock.status, 201, clock.text);
    await bundle.waitForDeployments();
    const [instance] = (await stable(bundle, '/clock', 1)).instances;
    await waitFor('the time', async () => /\d\d:\d\d/.test(await page(portOf(instance))));
    t.equal((await bundle.dig('_http._clock._tcp.marathon.mesos', 'SRV')).answer.length, 1);
  });
});

t.test('a pod of containers', { skip: podmanProblem() }, async (t) => {
  const engine = startOwnEngine(t);
  engine.image('shop/web', { changes: ['ENTRYPOINT ["httpd","-f"]'] });
  engine.image('shop/tools');
  const bundle = await startBundle(t, [], { environment: engine.environment });
  const word = randomBytes(4).toString('hex');
  const shared = [{ name: 'shared', mountPath: '/srv' }];
  const created = await bundle.api('POST', '/v2/pods', {
    id: '/boxes',
    networks: [{ mode: 'container/bridge' }],
    volumes: [{ name: 'shared' }],
    environment: { WORD: word },
    containers: [
      {
        name: 'web',
        image: { kind: 'DOCKER', id: 'shop/web' },
        exec: { command: { argv: ['-p', '8000', '-h', '/srv'] } },
        resources,
        endpoints: [{ name: 'http', containerPort: 8000, hostPort: 0, protocol: ['tcp'] }],
        volumeMounts: shared,
        healthCheck: { ...quickCheck, http: { endpoint: 'http', path: '/index.html' } },
      },
      {
        name: 'writer',
        image: { kind: 'DOCKER', id: 'shop/tools' },
        exec: {
          command: {
            shell:
              'echo "$WORD $EP_CONTAINER_HTTP" >/srv/index.html; until wget -q -O - "http://127.0.0.1:$ENDPOINT_HTTP/"; do sleep 0.1; done; exec sleep 100000',
          },
        },
        resources,
        volumeMounts: shared,
      },
    ],
  });
  if (created.status !== 201) throw new Error(created.text);
  await bundle.waitForDeployments();
  const [instance] = (await stable(bundle, '/boxes', 1)).instances;
  t.equal((await ask(portOf(instance), '/index.html')).text, `${word} 8000\n`, 'through the port of the agent');
  const writer = containerOf(instance, 'writer').containerId;
  await waitFor('the log', async () => (await groupText(bundle, writer, 'stdout')) === `${word} 8000\n`);
  t.equal((await bundle.api('DELETE', '/v2/pods//boxes')).status, 202);
  await bundle.waitForDeployments();
  await waitFor('nothing to be left of them', () => engine.containers().length === 0);
});
