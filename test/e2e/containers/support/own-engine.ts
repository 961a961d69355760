import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import { waitFor } from '../../../support/wait.js';
import type { LocalRegistry } from './local-registry.js';

/** The commands of busybox that the images know. */
const commands = 'sh cat dd echo env false hostname httpd id ls mkdir nc printf pwd sleep sort test touch true wget';

/** A podman of the test's own: what it stores, its network and its locks are nobody else's, so images may have any name. */
export interface OwnEngine {
  /** With these variables every podman is this one. */
  readonly environment: Readonly<Record<string, string>>;
  /** Runs podman and returns what it prints. */
  podman(...args: string[]): string;
  /**
   * Makes an image of busybox under a name as users write it, for nothing can be pulled. `changes` are instructions of a
   * Dockerfile, `scripts` programs by their names.
   */
  image(name: string, parts?: { changes?: readonly string[]; scripts?: Readonly<Record<string, string>> }): void;
  /** Makes a network of containers. */
  network(name: string): void;
  /** Has a registry serve an image, and forgets it here. */
  push(name: string, registry: LocalRegistry): void;
  /** The names of all containers, whether they run or not. */
  containers(): string[];
}

/** A network of 254 addresses that no interface of this machine is in. */
function freeSubnet(): string {
  const used = Object.values(networkInterfaces()).flatMap((list = []) => list.map(({ address }) => address));
  for (;;) {
    const [second = 0, third = 0] = randomBytes(2);
    const prefix = `10.${128 + (second % 100)}.${third}.`;
    if (!used.some((address) => address.startsWith(prefix))) return prefix;
  }
}

/** Adds a bridge network with an interface and addresses that nobody else has. */
function addNetwork(networks: string, name: string): void {
  const prefix = freeSubnet();
  writeFileSync(
    join(networks, `${name}.json`),
    JSON.stringify({
      name,
      id: randomBytes(32).toString('hex'),
      driver: 'bridge',
      network_interface: `ek${randomBytes(4).toString('hex')}`,
      created: '2020-01-01T00:00:00Z',
      subnets: [{ subnet: `${prefix}0/24`, gateway: `${prefix}1` }],
      ipv6_enabled: false,
      internal: false,
      dns_enabled: false,
      ipam_options: { driver: 'host-local' },
    }),
  );
}

/** Writes podman's configuration, and says by which variables it is found. */
function configure(directory: string, networks: string, registry: LocalRegistry | undefined): Record<string, string> {
  const network = `ek-${randomBytes(4).toString('hex')}`;
  addNetwork(networks, network);
  const containers = join(directory, 'containers.conf');
  writeFileSync(
    containers,
    // Without these limits podman asks for more open files than the machine that runs the tests may have.
    `[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
[engine]
runtime = "runc"
lock_type = "file"
tmp_dir = "${directory}/engine"
volume_path = "${directory}/volumes"
[network]
default_network = "${network}"
network_config_dir = "${networks}"
`,
  );
  const storage = join(directory, 'storage.conf');
  writeFileSync(
    storage,
    `[storage]
driver = "overlay"
graphroot = "${directory}/storage"
runroot = "${directory}/run"
`,
  );
  const registries = join(directory, 'registries.conf');
  writeFileSync(
    registries,
    registry === undefined
      ? ''
      : `unqualified-search-registries = ["${registry.address}"]
[[registry]]
location = "${registry.address}"
insecure = true
`,
  );
  return {
    CONTAINERS_CONF: containers,
    CONTAINERS_STORAGE_CONF: storage,
    CONTAINERS_REGISTRIES_CONF: registries,
  };
}

/** The files of an image: busybox under the names of its commands, and scripts. */
function writeArchive(archive: string, scripts: Readonly<Record<string, string>>): void {
  const root = mkdtempSync(`${archive}-`);
  const bin = join(root, 'bin');
  mkdirSync(bin);
  mkdirSync(join(root, 'tmp'));
  const busybox = ['/bin/busybox', '/usr/bin/busybox'].find((path) => existsSync(path)) ?? 'busybox';
  copyFileSync(busybox, join(bin, 'busybox'));
  for (const command of commands.split(' ')) symlinkSync('busybox', join(bin, command));
  for (const [name, text] of Object.entries(scripts)) writeFileSync(join(bin, name), text, { mode: 0o755 });
  execFileSync('tar', ['-C', root, '-cf', archive, '.']);
  rmSync(root, { recursive: true });
}

/**
 * Sets up a podman for one test, which pulls from `registry` alone; its containers, images and network are gone when the test is
 * over.
 */
export function startOwnEngine(t: Test, registry?: LocalRegistry): OwnEngine {
  const directory = mkdtempSync(join(tmpdir(), 'ekiden-engine-'));
  const networks = join(directory, 'networks');
  mkdirSync(networks);
  const environment = configure(directory, networks, registry);
  const env = { ...process.env, ...environment };
  const podman = (...args: string[]): string =>
    execFileSync('podman', args, { encoding: 'utf8', timeout: 120_000, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const archives = join(directory, 'archives');
  mkdirSync(archives);
  t.teardown(async () => {
    podman('rm', '-f', '-a', '-t', '0');
    // What ends may write for another moment into the directory that is being removed
    await waitFor('podman to remove everything', () => {
      podman('system', 'reset', '-f');
      return true;
    });
    rmSync(directory, { recursive: true, force: true });
  });
  return {
    environment,
    podman,
    image(name, { changes = [], scripts = {} } = {}) {
      const archive = join(archives, `${randomBytes(8).toString('hex')}.tar`);
      writeArchive(archive, scripts);
      const options = ['ENV PATH=/bin', ...changes].flatMap((change) => ['--change', change]);
      podman('import', '--quiet', ...options, archive, `localhost/${name}`);
      rmSync(archive);
    },
    network: (name) => addNetwork(networks, name),
    push(name, to) {
      const saved = mkdtempSync(join(directory, 'pushed-'));
      podman('save', '--quiet', '--format', 'docker-dir', '--output', saved, `localhost/${name}`);
      podman('rmi', `localhost/${name}`);
      to.serve(name, saved);
    },
    containers: () => podman('ps', '--all', '--format', '{{.Names}}').split('\n').filter(Boolean),
  };
}
