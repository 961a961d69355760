import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';

/** The commands of busybox that the image knows. */
const commands = 'sh cat dd echo env false httpd id ls mkdir nc printf pwd sleep test touch true wget'.split(' ');

/** What a container cannot have more of than the machine that runs the tests: podman wants a million files. */
const configuration = `[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
[engine]
runtime = "runc"
`;

/** Why no containers can be run here; false when they can. */
export function podmanProblem(): string | false {
  for (const program of ['podman', 'runc', 'iptables', 'busybox']) {
    if (spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0) return `${program} is not installed`;
  }
  return process.getuid?.() === 0 ? false : 'containers with ports need root';
}

/** An image of busybox alone, made here: nothing is pulled. */
export interface TestImage {
  readonly name: string;
  /** Runs podman and returns what it prints. */
  podman(...args: string[]): string;
}

/**
 * Imports an image for one test file and lets this process's podman run it; the image and what is left of its containers are
 * removed in the end. `changes` are instructions of a Dockerfile.
 */
export function importImage(t: Test, changes: readonly string[] = []): TestImage {
  const directory = mkdtempSync(join(tmpdir(), 'ekiden-image-'));
  const configured = join(directory, 'containers.conf');
  writeFileSync(configured, configuration);
  const before = process.env['CONTAINERS_CONF'];
  process.env['CONTAINERS_CONF'] = configured;
  const podman = (...args: string[]): string => execFileSync('podman', args, { encoding: 'utf8', timeout: 120_000 });
  const bin = join(directory, 'image', 'bin');
  mkdirSync(bin, { recursive: true });
  mkdirSync(join(directory, 'image', 'tmp'));
  const busybox = ['/bin/busybox', '/usr/bin/busybox'].find((path) => existsSync(path)) ?? 'busybox';
  copyFileSync(busybox, join(bin, 'busybox'));
  for (const command of commands) symlinkSync('busybox', join(bin, command));
  const archive = join(directory, 'image.tar');
  execFileSync('tar', ['-C', join(directory, 'image'), '-cf', archive, '.']);
  const name = `localhost/ekiden-test-${process.pid}-${Math.random().toString(36).slice(2, 8)}:1`;
  const options = ['ENV PATH=/bin', ...changes].flatMap((change) => ['--change', change]);
  execFileSync('podman', ['import', '--quiet', ...options, archive, name], { stdio: 'ignore', timeout: 120_000 });
  t.teardown(() => {
    const left = podman('ps', '--all', '--quiet', '--filter', `ancestor=${name}`).split('\n').filter(Boolean);
    if (left.length > 0) podman('rm', '-f', '-t', '0', ...left);
    podman('rmi', '-f', name);
    if (before === undefined) delete process.env['CONTAINERS_CONF'];
    else process.env['CONTAINERS_CONF'] = before;
    rmSync(directory, { recursive: true, force: true });
  });
  return { name, podman };
}
