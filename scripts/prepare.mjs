// Makes a checkout ready, before `npm start` (node scripts/prepare.mjs start) and `npm test` (… test): npm packages, the build,
// system packages. Runs before node_modules exists, so it uses nothing but Node.js itself. What cannot be installed is said with
// the exact command, and the rest goes on.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { systemPackages } from './packages.mjs';
import { buildIsFresh } from './source-digest.mjs';

const root = resolve(fileURLToPath(import.meta.url), '../..');

/** The one line that refuses a Node.js that is too old (20.19 is the first that loads ES modules with require), or undefined. */
export function nodeProblem(version) {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return undefined;
  return `Ekiden needs Node.js 20.19 or newer, this is ${version}`;
}

/** Whether `npm ci` is due: modification times in milliseconds; undefined for what does not exist. */
export function modulesAreStale(lockfileTime, installedTime) {
  return installedTime === undefined || (lockfileTime !== undefined && installedTime < lockfileTime);
}

/** The packages whose program `find` does not find, for `mode`. */
export function missingPackages(mode, find) {
  return systemPackages.filter((entry) => entry.for.includes(mode) && !find(entry.program));
}

/** How commands of the superuser are run: [] as they are, ['sudo', '-n'] by sudo without a password, undefined not at all. */
export function superuserPrefix(uid, sudoWorks) {
  if (uid === 0) return [];
  return sudoWorks() ? ['sudo', '-n'] : undefined;
}

/** What a person types to install `packages`. */
export function installCommand(packages) {
  return `sudo apt-get install -y --no-install-recommends ${packages.map((p) => p.package).join(' ')}`;
}

/**
 * The shell script that installs `packages`, run by the superuser. A policy-rc.d keeps the package scripts from starting daemons
 * (exit status 101: not allowed); it is removed again if this made it, whatever happens.
 */
export function installScript(packages) {
  const services = packages.flatMap((p) => (p.service === undefined ? [] : [p.service]));
  return `
set -u
policy=/usr/sbin/policy-rc.d
if (set -C; printf '#!/bin/sh\\nexit 101\\n' > "$policy") 2>/dev/null; then
  trap 'rm -f "$policy"' EXIT
  trap 'exit 130' HUP INT TERM
  chmod 755 "$policy"
fi
export DEBIAN_FRONTEND=noninteractive
apt-get -q -o DPkg::Lock::Timeout=120 update || echo 'the package lists could not be updated, trying with those at hand' >&2
apt-get -q -y -o DPkg::Lock::Timeout=120 install --no-install-recommends ${packages.map((p) => p.package).join(' ')} || exit 1
${services.map((s) => `if [ -d /run/systemd/system ]; then systemctl disable ${s} || true; fi\n`).join('')}`;
}

/** Whether `program` is in the PATH, or where Debian keeps daemons (the PATH of ordinary users lacks those); or the file it names. */
export function hasProgram(program, path) {
  if (program.startsWith('/')) return statSync(program, { throwIfNoEntry: false })?.isFile() === true;
  return [...path.split(delimiter), '/usr/local/sbin', '/usr/sbin', '/sbin'].some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return folder !== '';
    } catch {
      return false;
    }
  });
}

const say = (line) => process.stderr.write(`ekiden: ${line}\n`);

function fail(line) {
  say(line);
  process.exit(1);
}

function timeOf(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs;
}

/** Runs a command with our terminal; its output goes to stderr, so that stdout stays ours. True when it succeeded. */
function run(file, args, input) {
  const stdin = input === undefined ? 'ignore' : 'pipe';
  const result = spawnSync(file, args, { cwd: root, stdio: [stdin, 2, 2], ...(input === undefined ? {} : { input }) });
  return result.status === 0;
}

function installModules() {
  if (
    !modulesAreStale(timeOf(join(root, 'package-lock.json')), timeOf(join(root, 'node_modules/.package-lock.json')))
  ) {
    return;
  }
  say('installing npm packages (npm ci)');
  const args = ['ci', '--ignore-scripts', '--include=dev'];
  const npm = process.env.npm_execpath;
  const done =
    npm !== undefined && /npm-cli\.c?js$/.test(npm) ? run(process.execPath, [npm, ...args]) : run('npm', args);
  if (!done) fail(`npm ${args.join(' ')} failed: see above`);
}

function buildProgram() {
  if (buildIsFresh(root)) return;
  say('building');
  if (!run(process.execPath, ['scripts/build.mjs'])) fail('the build failed: see above');
}

function installSystemPackages(mode) {
  const path = process.env.PATH ?? '';
  const find = (program) => hasProgram(program, path);
  const missing = missingPackages(mode, find);
  if (missing.length === 0) return;
  const names = missing.map((p) => p.package).join(' ');
  const prefix = superuserPrefix(
    process.getuid?.(),
    () => find('sudo') && spawnSync('sudo', ['-n', 'true']).status === 0,
  );
  if (!find('apt-get')) {
    say(`going on without ${names}: this system has no apt-get, install them in its own way`);
  } else if (prefix === undefined) {
    say(`going on without ${names}: this user may not install packages. To have them: ${installCommand(missing)}`);
  } else {
    say(`installing Debian packages: ${names}`);
    const [file, ...args] = [...prefix, 'sh', '-s'];
    if (run(file, args, installScript(missing))) return;
    say(`going on without ${names}: the installation failed. To try again: ${installCommand(missing)}`);
  }
  for (const { package: name, reason } of missing) say(`  without ${name}: ${reason}`);
}

function prepare(mode) {
  const problem = nodeProblem(process.version);
  if (problem !== undefined) fail(problem);
  installModules();
  // The tests are built, and with them the program, by scripts/test.mjs.
  if (mode === 'start') buildProgram();
  installSystemPackages(mode);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(resolve(process.argv[1])).href) {
  const mode = process.argv[2];
  if (mode !== 'start' && mode !== 'test') fail('usage: node scripts/prepare.mjs start|test');
  prepare(mode);
}
