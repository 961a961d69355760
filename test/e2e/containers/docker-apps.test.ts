// Docker apps as users write them, run by a real container engine: what they are told, see and can be reached by.
import { createSocket } from 'node:dgram';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import t from 'tap';
import { podmanProblem } from '../../support/podman.js';
import { waitFor } from '../../support/wait.js';
import { startBundle } from '../support/bundle.js';
import type { ApiTask, Bundle } from '../support/bundle.js';
import { converged } from '../support/converge.js';
import { addressesOf, endpointsOf } from '../support/dig.js';
import { readEcho } from '../support/echo-app.js';
import { readExample } from '../support/examples.js';
import { ask } from '../support/http.js';
import { isFreePort } from '../../support/ports.js';
import { running } from '../support/running.js';
import { outputsOf, sandboxText } from '../support/sandbox.js';
import { hostProgram, makeExampleImages } from './support/images.js';
import { startOwnEngine } from './support/own-engine.js';

t.setTimeout(300_000);

const small = { cpus: 0.1, mem: 32 };
const bridge = [{ mode: 'container/bridge' }];
const docker = (more: object = {}, volumes: object[] = []) => ({
  type: 'DOCKER',
  docker: { image: 'busybox', ...more },
  volumes,
});

interface ShownApp {
  readonly portDefinitions?: readonly { readonly port: number }[];
  readonly container: { readonly portMappings?: readonly { readonly servicePort: number }[] };
}

/** The service port of an app's first port. */
async function servicePortOf(bundle: Bundle, appId: string): Promise<number> {
  const { app } = (await bundle.api('GET', `/v2/apps/${appId}`)).body as { app: ShownApp };
  return app.container.portMappings?.[0]?.servicePort ?? app.portDefinitions?.[0]?.port ?? 0;
}

async function only(bundle: Bundle, appId: string): Promise<ApiTask> {
  const [task] = await running(bundle, appId, 1);
  if (task === undefined) throw new Error('unreachable');
  return task;
}

/** What one line sent to a TCP port is answered with. */
function askByTcp(port: number, line: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(line));
    socket.setTimeout(2000, () => socket.destroy(new Error(`no answer from port ${port}`)));
    socket.setEncoding('utf8').once('data', (text: string) => {
      socket.destroy();
      resolve(text);
    });
    socket.on('error', reject);
    socket.on('close', () => reject(new Error(`port ${port} was closed`)));
  });
}

/** What a datagram sent to a UDP port is answered with. */
function askByUdp(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4');
    const timer = setTimeout(() => {
      socket.close();
      reject(new Error(`no answer from UDP port ${port}`));
    }, 2000);
    socket.on('message', (answer) => {
      clearTimeout(timer);
      socket.close();
      resolve(answer.toString('utf8'));
    });
    socket.send(text, port, '127.0.0.1');
  });
}

/** Deletes an app and waits until nothing of it is left. */
async function remove(t: Test, bundle: Bundle, appId: string): Promise<void> {
  t.equal((await bundle.api('DELETE', `/v2/apps/${appId}`)).status, 200);
  await bundle.waitForDeployments();
}

t.test('Docker apps', { skip: podmanProblem() }, async (t) => {
  const engine = startOwnEngine(t);
  makeExampleImages(engine);
  engine.network('overlay');
  const directory = mkdtempSync(join(tmpdir(), 'ekiden-volumes-'));
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  const bundle = await startBundle(t, [], { environment: engine.environment });

  await t.test('§3 a web server in a bridge; a health check makes a new version of it', async (t) => {
    // Who serves on for a moment after SIGTERM has to be given the time
    await bundle.postApp({ ...readExample('web-docker-bridge'), taskKillGracePeriodSeconds: 20 });
    const servicePort = await servicePortOf(bundle, 'web');
    const before = await converged(bundle, { id: 'web', instances: 2, servicePort });
    await bundle.waitForDeployments();
    const healthChecks = [{ path: '/', intervalSeconds: 1, gracePeriodSeconds: 5 }];
    t.equal((await bundle.api('PUT', '/v2/apps/web', { healthChecks })).status, 200);
    const seen = new Set<string>();
    await waitFor('the new version', async () => {
      const { status, text } = await bundle.route('/', { port: servicePort });
      if (status !== 200) t.fail(`nobody answers: ${status} ${text}`);
      else seen.add(readEcho(text).taskId);
      return ((await bundle.api('GET', '/v2/deployments')).body as unknown[]).length === 0;
    });
    const after = await converged(bundle, { id: 'web', instances: 2, servicePort, healthChecked: true });
    t.ok(
      after.every(({ taskId }) => before.every((task) => task.taskId !== taskId)),
      'other containers',
    );
    t.ok(seen.size > 2, 'somebody answers all the time: requests went to old and new ones');
    t.equal(engine.containers().length, 2, 'the old ones are gone');
    await remove(t, bundle, 'web');
  });

  await t.test('§3 a command that ends is run again, later each time', async (t) => {
    await bundle.postApp(readExample('simple-docker'));
    await waitFor('the second round', async () => (await outputsOf(bundle, 'simple-docker')).length > 2);
    const outputs = await outputsOf(bundle, 'simple-docker');
    t.ok(outputs.includes('hello from docker\n'), outputs.join());
    const { body } = await bundle.api('GET', '/v2/queue');
    t.match(body, { queue: [{ app: { id: '/simple-docker' }, delay: { overdue: Boolean } }] });
    await remove(t, bundle, 'simple-docker');
  });

  await t.test("§3 arguments alone go to the image's entry point", async (t) => {
    await bundle.postApp(readExample('docker-entry-point'));
    await waitFor('its output', async () =>
      (await outputsOf(bundle, 'simple-docker-args')).includes('inky says hello from docker\n'),
    );
    await remove(t, bundle, 'simple-docker-args');
  });

  await t.test('§3 a registry with a host volume, variables and a service port', async (t) => {
    if (!(await isFreePort(5000))) return void t.pass('needs port 5000', { skip: 'it is in use' });
    const { container, ...app } = readExample('docker-registry');
    const text = JSON.stringify(container).replace('/local/path/to/store', directory);
    await bundle.postApp({ ...app, container: JSON.parse(text) as object });
    await only(bundle, 'docker/registry');
    await waitFor('the service port', async () => {
      const { status, text } = await bundle.route('/flavor', { port: 5000 });
      return status === 200 && text === 'local\n';
    });
    t.equal(readFileSync(join(directory, 'packages/flavor'), 'utf8'), 'local\n', 'the directory was made');
    await remove(t, bundle, 'docker/registry');
  });

  await t.test('§3, §4, §10 ghost: a check of nothing but a path, and a rule by the Host header', async (t) => {
    await bundle.postApp(readExample('ghost'));
    const servicePort = await servicePortOf(bundle, 'ghost-0');
    await converged(bundle, { id: 'ghost-0', instances: 1, servicePort, healthChecked: true });
    const { id, acl } = readExample('ghost-bamboo-rule');
    const { status } = await bundle.rules('POST', '/api/services', { Id: id, Acl: acl });
    t.equal(status, 200);
    const task = await only(bundle, 'ghost-0');
    const answer = await waitFor('the rule', async () => {
      const found = await bundle.route('/', { host: 'ghost.local' });
      return found.status === 200 && found;
    });
    t.equal(readEcho(answer.text).taskId, task.id);
    t.not((await bundle.route('/', { host: 'other.local' })).status, 200);
    await remove(t, bundle, 'ghost-0');
  });

  await t.test('ports: TCP, UDP, both, picked, fixed, the same inside', async (t) => {
    const program = [
      'const net = require("net"), udp = require("dgram");',
      'const { PORT_BOTH } = process.env;',
      'net.createServer((s) => s.pipe(s)).listen(7000);',
      'for (const p of [PORT_BOTH, 53]) udp.createSocket("udp4").on("message", function (m, r) {',
      '  this.send(p + " " + m, r.port, r.address); }).bind(+p);',
      'net.createServer((s) => s.end(PORT_BOTH)).listen(+PORT_BOTH);',
      'process.on("SIGTERM", () => process.exit(0));',
    ].join(' ');
    const fixed = bundle.ports.serviceMax + 7;
    await bundle.postApp({
      id: 'ports',
      ...small,
      mem: 128,
      cmd: `exec '${process.execPath}' -e '${program}'`,
      networks: bridge,
      container: {
        ...docker({}, hostProgram(process.execPath)),
        portMappings: [
          { containerPort: 7000, hostPort: 0, name: 'echo' },
          { containerPort: 0, hostPort: 0, protocol: 'udp,tcp', name: 'both' },
          { containerPort: 53, hostPort: fixed, protocol: 'udp', name: 'names' },
        ],
      },
    });
    const { ports } = await only(bundle, 'ports');
    const [echo = 0, both = 0, names = 0] = ports;
    t.equal(names, fixed);
    t.equal(await waitFor('TCP', () => askByTcp(echo, 'hello')), 'hello');
    t.equal(await waitFor('UDP', () => askByUdp(fixed, 'hello')), '53 hello');
    t.equal(await waitFor('TCP of both', () => askByTcp(both, 'hello')), String(both), 'the same port inside');
    t.equal(await waitFor('UDP of both', () => askByUdp(both, 'hello')), `${both} hello`);
    const srv = async (name: string) => endpointsOf(await bundle.dig(`${name}.marathon.mesos`, 'SRV'));
    t.same(await srv('_echo._ports._tcp'), [`127.0.0.1:${echo}`]);
    t.same(await srv('_both._ports._tcp'), [`127.0.0.1:${both}`]);
    t.same(await srv('_both._ports._udp'), [`127.0.0.1:${both}`]);
    t.same(await srv('_names._ports._udp'), [`127.0.0.1:${fixed}`]);
    await remove(t, bundle, 'ports');
  });

  await t.test('a host port that no agent offers: the app waits and says why', async (t) => {
    await bundle.postApp({
      id: 'port-elsewhere',
      ...small,
      cmd: 'sleep 1000',
      networks: bridge,
      container: { ...docker(), portMappings: [{ containerPort: 8080, hostPort: 7 }] },
    });
    const explanation = await waitFor('an offer', async () => {
      const { body } = await bundle.api('GET', '/ekiden/v1/explain/port-elsewhere');
      return (body as { agents: object[] }).agents.length > 0 && body;
    });
    t.match(explanation, { waiting: 1, agents: [{ refusals: [{ reason: 'InsufficientPorts' }] }] });
    const { text } = await bundle.api('GET', '/v2/queue');
    t.match(text, /"reason":"InsufficientPorts","declined":[1-9]/);
    t.equal((await bundle.api('DELETE', '/v2/apps/port-elsewhere?force=true')).status, 200);
    await bundle.waitForDeployments();
  });

  await t.test('an image in a container of type MESOS, in a bridge', async (t) => {
    await bundle.postApp({
      id: 'ucr',
      ...small,
      cmd: 'pwd; exec echo-server 8080',
      networks: bridge,
      container: {
        type: 'MESOS',
        docker: { image: 'busybox' },
        portMappings: [{ containerPort: 8080, hostPort: 0 }],
      },
      healthChecks: [{ path: '/', intervalSeconds: 1 }],
    });
    const servicePort = await servicePortOf(bundle, 'ucr');
    const [task] = await converged(bundle, { id: 'ucr', instances: 1, servicePort, healthChecked: true });
    t.equal(await sandboxText(bundle, task?.taskId ?? '', 'stdout'), '/mnt/mesos/sandbox\n');
    await remove(t, bundle, 'ucr');
  });

  await t.test('the network of the host', async (t) => {
    await bundle.postApp({
      id: 'host',
      ...small,
      cmd: 'exec echo-server $PORT0',
      instances: 2,
      container: docker({ network: 'HOST' }),
      ports: [0],
      healthChecks: [{ path: '/', intervalSeconds: 1 }],
    });
    const servicePort = await servicePortOf(bundle, 'host');
    t.equal((await converged(bundle, { id: 'host', instances: 2, servicePort, healthChecked: true })).length, 2);
    await remove(t, bundle, 'host');
  });

  await t.test('a network of its own: checked, found and routed to where it is', async (t) => {
    await bundle.postApp({
      id: 'overlay',
      ...small,
      cmd: 'exec echo-server 8080',
      networks: [{ mode: 'container', name: 'overlay' }],
      container: { ...docker(), portMappings: [{ containerPort: 8080, name: 'http' }] },
      healthChecks: [{ path: '/', intervalSeconds: 1 }],
    });
    const servicePort = await servicePortOf(bundle, 'overlay');
    const task = await waitFor('health', async () => {
      const found = await only(bundle, 'overlay');
      return found.healthCheckResults?.[0]?.alive === true && found;
    });
    t.same(task.ports, [], 'no port of the host');
    const answer = await waitFor('HAProxy', async () => {
      const found = await bundle.route('/', { port: servicePort });
      return found.status === 200 && found;
    });
    t.equal(readEcho(answer.text).taskId, task.id);
    const [address = ''] = addressesOf((await bundle.dig('overlay.marathon.mesos', 'A')).answer);
    t.not(address, '127.0.0.1');
    t.same(endpointsOf(await bundle.dig('_http._overlay._tcp.marathon.mesos', 'SRV')), [`${address}:8080`]);
    await remove(t, bundle, 'overlay');
  });

  await t.test('what a container is told and sees', async (t) => {
    writeFileSync(join(directory, 'given'), 'given\n');
    await bundle.postApp({
      id: '/group/sees',
      ...small,
      cmd: [
        'env | sort',
        'echo "hostname $(hostname)"',
        'grep db.test /etc/hosts',
        'cat /ro/given',
        '(echo no >/ro/no) 2>/dev/null || echo "read-only"',
        'echo written >/rw/written',
        'echo kept >$MESOS_SANDBOX/kept',
        'grep CapEff /proc/self/status',
        'echo complaint >&2',
        'exec echo-server 8080',
      ].join('; '),
      env: { MINE: 'a "quoted" $value', PORT1: 'mine' },
      labels: { 'team-name': 'web' },
      networks: bridge,
      container: {
        ...docker(
          {
            privileged: true,
            parameters: [
              { key: 'hostname', value: 'sees.test' },
              { key: 'add-host', value: 'db.test:192.0.2.7' },
            ],
          },
          [
            { containerPath: '/ro', hostPath: directory, mode: 'RO' },
            { containerPath: '/rw', hostPath: directory, mode: 'RW' },
          ],
        ),
        portMappings: [{ containerPort: 8080, hostPort: 0, name: 'web' }, { containerPort: 8081 }],
      },
    });
    const task = await only(bundle, 'group/sees');
    await waitFor('the server', async () => (await ask(task.ports[0] ?? 0, '/')).status === 200);
    const lines = (await sandboxText(bundle, task.id, 'stdout')).split('\n');
    const [port = 0, second = 0] = task.ports;
    for (const line of [
      'HOST=127.0.0.1',
      'MARATHON_APP_DOCKER_IMAGE=busybox',
      'MARATHON_APP_ID=/group/sees',
      'MARATHON_APP_LABELS=TEAM_NAME',
      'MARATHON_APP_LABEL_TEAM_NAME=web',
      'MARATHON_APP_RESOURCE_CPUS=0.1',
      'MARATHON_APP_RESOURCE_MEM=32.0',
      `MARATHON_APP_VERSION=${task.version}`,
      'MESOS_SANDBOX=/mnt/mesos/sandbox',
      `MESOS_TASK_ID=${task.id}`,
      'MINE=a "quoted" $value',
      `PORT=${port}`,
      `PORT0=${port}`,
      'PORT1=mine',
      `PORTS=${port},${second}`,
      `PORT_8080=${port}`,
      `PORT_8081=${second}`,
      `PORT_WEB=${port}`,
      'hostname sees.test',
      '192.0.2.7\tdb.test',
      'given',
      'read-only',
    ]) {
      t.ok(lines.includes(line), line);
    }
    const name = lines.find((line) => line.startsWith('MESOS_CONTAINER_NAME='))?.slice(21) ?? '';
    t.ok(engine.containers().includes(name), `${name} is its container`);
    const capabilities = lines.find((line) => line.startsWith('CapEff:'))?.split('\t')[1] ?? '0';
    t.ok(BigInt(`0x${capabilities}`) & (1n << 21n), 'it is privileged: CAP_SYS_ADMIN');
    t.equal(await sandboxText(bundle, task.id, 'stderr'), 'complaint\n');
    t.equal(await sandboxText(bundle, task.id, 'kept'), 'kept\n', 'the sandbox is that of the task');
    t.equal(readFileSync(join(directory, 'written'), 'utf8'), 'written\n');
    await remove(t, bundle, 'group/sees');
  });

  await t.test('a container without an image is a process: what it can have of all that', async (t) => {
    await bundle.postApp({
      id: 'process',
      ...small,
      cmd: `cat data/given; exec sleep 1000`,
      container: { type: 'MESOS', volumes: [{ containerPath: 'data', hostPath: directory, mode: 'RW' }] },
    });
    const task = await only(bundle, 'process');
    await waitFor('its output', async () => (await sandboxText(bundle, task.id, 'stdout')) === 'given\n');
    t.match(await bundle.dig('process.marathon.mesos', 'A'), { answer: [{ data: ['127.0.0.1'] }] });
    await remove(t, bundle, 'process');

    await bundle.postApp({
      id: 'no-bridge',
      ...small,
      cmd: 'sleep 1000',
      networks: bridge,
      container: { type: 'MESOS', portMappings: [{ containerPort: 8080, hostPort: 0 }] },
    });
    const failure = await waitFor('the failure', async () => {
      const { body } = await bundle.api('GET', '/v2/apps/no-bridge');
      return (body as { app: { lastTaskFailure?: { message: string } | null } }).app.lastTaskFailure;
    });
    t.match(failure, { state: 'TASK_FAILED', message: /needs? .*image/ });
    await bundle.api('DELETE', '/v2/apps/no-bridge?force=true');
    await bundle.waitForDeployments();
  });

  t.equal(await bundle.stop(), 0);
  t.same(bundle.leftovers(), []);
  t.same(engine.containers(), []);
});
