import { chmod, copyFile, mkdir, readFile, constants, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeFileAtomic } from '../../common/atomic-file.js';
import { codeOf } from '../../common/errors.js';
import { runCommand } from '../../common/run-command.js';
import { bridgeHeader } from './configuration.js';
import { systemConfig } from './refresh.js';

/** Where the original keeps its files, and so do we: an installation of it is taken over. */
export const bridgeFiles = {
  marathons: '/etc/haproxy-marathon-bridge/marathons',
  script: '/usr/local/bin/haproxy-marathon-bridge',
  cron: '/etc/cron.d/haproxy-marathon-bridge',
} as const;

/** What of the system's HAProxy was there before. */
export const keptConfig = `${systemConfig}.before-haproxy-marathon-bridge`;

/** Once a minute, as root; with its messages in the system's log. */
export const cronLine = `* * * * * root ${bridgeFiles.script} logged refresh_system_haproxy $(cat ${bridgeFiles.marathons})\n`;

const quoted = (text: string): string => `'${text.replaceAll("'", `'"'"'`)}'`;

/** The script that is installed: it calls the program from which it was installed. */
export function scriptText(command: readonly string[]): string {
  return `#!/bin/sh\n# Installed by haproxy-marathon-bridge of Ekiden; the program itself is where it was.\nexec ${command.map(quoted).join(' ')} "$@"\n`;
}

export interface InstallOptions {
  /** `/`, or a directory that stands for it. */
  readonly root: string;
  /** As they were given; empty: those of the installation before stay. */
  readonly marathons: readonly string[];
  /** The words that start this program as the bridge. */
  readonly command: readonly string[];
  readonly tell: (line: string) => void;
}

/** Writes list, script, cron line and the bare configuration (lb.md §A, install_cronjob). A configuration that is there is kept under another name. */
export async function installCronjob({ root, marathons, command, tell }: InstallOptions): Promise<void> {
  const at = (path: string): string => join(root, path);
  const write = async (path: string, text: string, mode: number): Promise<void> => {
    await writeFileAtomic(at(path), text, mode);
    await chmod(at(path), mode);
    tell(`wrote ${at(path)}`);
  };
  // With a password in it only root may read it
  const mode = marathons.some((marathon) => marathon.includes('@')) ? 0o600 : 0o644;
  if (marathons.length > 0) await write(bridgeFiles.marathons, `${marathons.join('\n')}\n`, mode);
  else if (!existsSync(at(bridgeFiles.marathons))) await write(bridgeFiles.marathons, '', 0o644);
  await write(bridgeFiles.script, scriptText(command), 0o755);
  await write(bridgeFiles.cron, cronLine, 0o644);
  await installHeader(at(systemConfig), at(keptConfig), tell);
}

/** Puts the bare header in place, unless a configuration of the bridge is there already and serves. */
async function installHeader(path: string, keptPath: string, tell: (line: string) => void): Promise<void> {
  const live = await readFile(path, 'utf8').catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (live?.startsWith(bridgeHeader) === true) return;
  await mkdir(dirname(path), { recursive: true });
  if (live === undefined) {
    await writeFile(path, bridgeHeader, { mode: 0o644 });
  } else {
    await copyFile(path, keptPath, constants.COPYFILE_EXCL).then(
      () => tell(`kept ${path} as ${keptPath}`),
      (error: unknown) => {
        if (codeOf(error) !== 'EEXIST') throw error;
      },
    );
    await writeFileAtomic(path, bridgeHeader, 0o644);
  }
  tell(`wrote ${path}`);
}

/** The families of systems whose package manager is known. */
export type SystemFamily = 'debian' | 'redhat' | 'suse';

const families: Readonly<Record<string, SystemFamily>> = {
  debian: 'debian',
  ubuntu: 'debian',
  rhel: 'redhat',
  centos: 'redhat',
  fedora: 'redhat',
  amzn: 'redhat',
  ol: 'redhat',
  suse: 'suse',
  opensuse: 'suse',
  sles: 'suse',
};

/** The family of a system by its `/etc/os-release`; undefined for one that is not known. */
export function systemFamily(osRelease: string): SystemFamily | undefined {
  const value = (key: string): string[] =>
    (new RegExp(`^${key}=["']?([^"'\\n]*)`, 'm').exec(osRelease)?.[1] ?? '').split(/\s+/);
  return [...value('ID'), ...value('ID_LIKE')].map((id) => families[id]).find((family) => family !== undefined);
}

/** The commands that install HAProxy and have it started with the machine. */
export function packageCommands(family: SystemFamily, has: (path: string) => boolean): readonly (readonly string[])[] {
  const enable = has('/run/systemd/system')
    ? ['systemctl', 'enable', 'haproxy']
    : family === 'debian'
      ? ['update-rc.d', 'haproxy', 'defaults']
      : ['chkconfig', 'haproxy', 'on'];
  switch (family) {
    case 'debian':
      return [['apt-get', 'install', '-y', '--no-install-recommends', 'haproxy'], enable];
    case 'redhat':
      return [[has('/usr/bin/dnf') ? 'dnf' : 'yum', 'install', '-y', 'haproxy'], enable];
    case 'suse':
      return [['zypper', '--non-interactive', 'install', 'haproxy'], enable];
  }
}

const packageTimeoutMs = 15 * 60_000;

/**
 * Installs the package of HAProxy unless it is there. Only for the machine itself, by root. Undefined when done, else what went
 * wrong.
 */
export async function installPackage(
  haproxyPath: string | undefined,
  tell: (line: string) => void,
): Promise<string | undefined> {
  if (haproxyPath !== undefined) {
    tell(`HAProxy is installed already: ${haproxyPath}`);
    return undefined;
  }
  const family = systemFamily(await readFile('/etc/os-release', 'utf8').catch(() => ''));
  if (family === undefined) return 'this system is not known: install HAProxy by hand, then run this again';
  for (const [file = '', ...args] of packageCommands(family, existsSync)) {
    tell(`running ${[file, ...args].join(' ')}`);
    const result = await runCommand(file, args, {
      timeoutMs: packageTimeoutMs,
      env: { DEBIAN_FRONTEND: 'noninteractive' },
    });
    if (result.exitCode !== 0) {
      return `${file} failed: ${result.failure ?? (result.stderr || result.stdout).trim().slice(-1_000)}`;
    }
  }
  return undefined;
}
