import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { killProcess } from './kill.js';
import { freePort } from './ports.js';
import { waitFor } from './wait.js';

/** Where Debian's libzookeeper-java and what it depends on put their code; zookeeper.jar names the rest itself. */
const jars = ['zookeeper', 'slf4j-log4j12', 'log4j-1.2'].map((name) => `/usr/share/java/${name}.jar`);

/** Of a server, in milliseconds: sessions last between two and a hundred and twenty of them. */
const tickMs = 500;

/** For tap's `skip`: why no ZooKeeper can be started here, or false. */
export function withoutZooKeeper(): string | false {
  const absent = jars.find((jar) => !existsSync(jar));
  if (absent !== undefined) return `there is no ${absent} here (apt-get install libzookeeper-java)`;
  if (spawnSync('java', ['-version'], { stdio: 'ignore' }).status !== 0) {
    return 'there is no java here (apt-get install default-jre-headless)';
  }
  return false;
}

/** One server: a process that can be killed, frozen and started again on the same port with the same data. */
export interface ZooKeeperServer {
  /** 1, 2, 3 */
  readonly id: number;
  /** For clients, on 127.0.0.1. */
  readonly port: number;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
  /** Freezes it until `resume`. */
  freeze(): void;
  resume(): void;
  /** After `kill`; resolves when it serves again. */
  start(): Promise<void>;
  /** `leader`, `follower`, `standalone` or `read-only` by its own account; undefined when it does not serve. */
  mode(): Promise<string | undefined>;
}

export interface ZooKeeperEnsemble {
  readonly servers: readonly ZooKeeperServer[];
  /** `127.0.0.1:p1,127.0.0.1:p2…` */
  readonly hosts: string;
  /** Of three, the one that leads. */
  readonly leader: () => Promise<ZooKeeperServer>;
}

/** What a server answers to one of its four-letter words; '' when it does not answer within a second. */
export function fourLetterWord(port: number, word: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(word));
    socket.setTimeout(1_000, () => socket.destroy());
    socket.on('data', (data) => (answer += data.toString()));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(answer));
  });
}

async function configure(directory: string, id: number, settings: readonly string[]): Promise<void> {
  await mkdir(join(directory, 'data'), { recursive: true });
  await writeFile(join(directory, 'data', 'myid'), String(id));
  await writeFile(join(directory, 'zoo.cfg'), [...settings, `dataDir=${join(directory, 'data')}`, ''].join('\n'));
  await writeFile(
    join(directory, 'log4j.properties'),
    `log4j.rootLogger=WARN, OUT
log4j.appender.OUT=org.apache.log4j.ConsoleAppender
log4j.appender.OUT.layout=org.apache.log4j.PatternLayout
log4j.appender.OUT.layout.ConversionPattern=%d %p %c{1}: %m%n
`,
  );
}

function spawnServer(directory: string, properties: readonly string[]): ChildProcess {
  const java = [
    ...['-Xms32m', '-Xmx96m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-XX:-UsePerfData'],
    ...properties.map((property) => `-D${property}`),
    ...['-Djava.net.preferIPv4Stack=true', '-Dzookeeper.jmx.log4j.disable=true'],
    ...['-cp', [directory, ...jars].join(':'), 'org.apache.zookeeper.server.quorum.QuorumPeerMain'],
    join(directory, 'zoo.cfg'),
  ];
  // The kernel ends the server with this process, however that ends.
  return spawn('setpriv', ['--pdeathsig', 'KILL', 'java', ...java], { stdio: 'ignore' });
}

function serverIn(directory: string, id: number, port: number, properties: readonly string[]): ZooKeeperServer {
  let child: ChildProcess | undefined;
  const mode = async (): Promise<string | undefined> =>
    /^Mode: ([\w-]+)/m.exec(await fourLetterWord(port, 'srvr'))?.[1];
  return {
    id,
    port,
    mode,
    async start() {
      if (child !== undefined) throw new Error(`ZooKeeper ${id} is running`);
      child = spawnServer(directory, properties);
      await waitFor(`ZooKeeper ${id} to serve`, async () => {
        if (child?.exitCode !== null) throw new Error(`it ended with status ${child?.exitCode}`);
        return mode();
      });
    },
    async kill() {
      if (child === undefined) return;
      const dying = child;
      child = undefined;
      if (dying.exitCode !== null || dying.signalCode !== null) return;
      const gone = once(dying, 'exit');
      killProcess(dying.pid);
      await gone;
    },
    freeze: () => killProcess(child?.pid, 'SIGSTOP'),
    resume: () => killProcess(child?.pid, 'SIGCONT'),
  };
}

/** What ends with a test, or with something like one. */
interface Lifetime {
  teardown(end: () => Promise<void>): unknown;
}

/**
 * Starts ZooKeeper servers with an empty store and waits until they serve. They end with the test. `synced`: what is acknowledged is on
 * the disk; otherwise it outlives processes, not the machine. `properties`: of the Java machine, as `name=value`.
 */
export async function startZooKeeper(
  t: Lifetime,
  count: 1 | 3 = 1,
  { synced = false, properties = [] }: { readonly synced?: boolean; readonly properties?: readonly string[] } = {},
): Promise<ZooKeeperEnsemble> {
  const directory = await mkdtemp(join(tmpdir(), 'ekiden-zookeeper-'));
  const settings = [
    ...[`tickTime=${tickMs}`, 'initLimit=20', 'syncLimit=4', 'minSessionTimeout=1000', 'maxSessionTimeout=60000'],
    ...['clientPortAddress=127.0.0.1', 'admin.enableServer=false', '4lw.commands.whitelist=*'],
    ...['maxClientCnxns=0', `forceSync=${synced ? 'yes' : 'no'}`],
  ];
  if (count > 1) {
    settings.push('standaloneEnabled=false');
    for (let id = 1; id <= count; id++) {
      settings.push(`server.${id}=127.0.0.1:${await freePort()}:${await freePort()}`);
    }
  }
  const servers: ZooKeeperServer[] = [];
  for (let id = 1; id <= count; id++) {
    const home = join(directory, String(id));
    const port = await freePort();
    await configure(home, id, [...settings, `clientPort=${port}`]);
    servers.push(serverIn(home, id, port, properties));
  }
  t.teardown(async () => {
    await Promise.all(servers.map((server) => server.kill()));
    await rm(directory, { recursive: true, force: true });
  });
  await Promise.all(servers.map((server) => server.start()));
  return {
    servers,
    hosts: servers.map(({ port }) => `127.0.0.1:${port}`).join(','),
    leader: () =>
      waitFor('a leader among the ZooKeeper servers', async () => {
        const modes = await Promise.all(servers.map((server) => server.mode()));
        return servers[modes.indexOf('leader')];
      }),
  };
}
