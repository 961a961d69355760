import t from 'tap';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { flags } from '../../src/cli/flags.js';

/** The instructions of a Dockerfile, continuation lines joined, comments left out. */
function instructionsOf(text: string): { name: string; value: string }[] {
  return text
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [, name = '', value = ''] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? [];
      return { name, value: value.replaceAll(/\s+/g, ' ') };
    });
}

const instructions = instructionsOf(readFileSync('Dockerfile', 'utf8'));
const valuesOf = (name: string): string[] => instructions.filter((i) => i.name === name).map((i) => i.value);

t.test('Dockerfile: stages on a base of the user', async (t) => {
  t.ok(
    instructions.every(({ name }) => name !== ''),
    'every line is an instruction',
  );
  t.match(instructions[0], { name: 'ARG', value: /^BASE=/ });
  t.same(valuesOf('FROM'), ['${BASE} AS build', '${BASE}']);
});

t.test('Dockerfile: what is copied exists, and gets past .dockerignore', async (t) => {
  const lines = readFileSync('.dockerignore', 'utf8').split('\n');
  t.equal(lines[0], '*', 'nothing gets in by accident');
  const allowed = lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
  for (const value of valuesOf('COPY')) {
    const paths = value.split(' ').slice(0, -1);
    if (paths[0]?.startsWith('--from=build') === true) {
      t.match(paths[1], /^\/build\/(node_modules|dist)$/);
      continue;
    }
    for (const path of paths) {
      t.ok(existsSync(path), `${path} exists`);
      t.ok(allowed.includes(path), `${path} is not ignored`);
    }
  }
});

t.test('Dockerfile: how it runs', async (t) => {
  const run = valuesOf('RUN').join('\n');
  t.match(run, 'npm ci --ignore-scripts --include=dev');
  t.match(run, /apt-get install -y --no-install-recommends haproxy tini/);
  t.match(run, /--uid 10001 .*ekiden/);
  t.same(valuesOf('USER'), ['ekiden']);
  const lastRun = instructions.findLastIndex(({ name }) => name === 'RUN');
  t.ok(instructions.findIndex(({ name }) => name === 'USER') > lastRun, 'root only installs');
  t.match(valuesOf('HEALTHCHECK')[0], /\/ekiden\/v1\/leading/);
  t.same(JSON.parse(valuesOf('ENTRYPOINT')[0] ?? ''), ['tini', '--', 'node', '/opt/ekiden/bin/ekiden']);
  t.same(JSON.parse(valuesOf('CMD')[0] ?? ''), ['up']);
  for (const [, name = ''] of (valuesOf('ENV')[0] ?? '').matchAll(/EKIDEN_(\w+)=/g))
    t.ok(name.toLowerCase() in flags, name);
});

// A registry is not everywhere within reach, and no image is pulled behind anybody's back.
const base = process.env['EKIDEN_TEST_BASE_IMAGE'];
const engine = process.env['EKIDEN_TEST_CONTAINER_ENGINE'] ?? 'docker';
const skip =
  base === undefined &&
  'the image is not built: set EKIDEN_TEST_BASE_IMAGE to a local Debian image with Node.js (and EKIDEN_TEST_CONTAINER_ENGINE=podman)';
t.test('Dockerfile: builds on a local base, and the image runs', { skip, timeout: 600_000 }, async (t) => {
  const run = (...args: string[]): string => execFileSync(engine, args, { encoding: 'utf8', timeout: 600_000 });
  const tag = `ekiden-test-${process.pid}`;
  const network = ['--network', 'host'];
  run('build', ...network, '--build-arg', `BASE=${base}`, '-t', tag, '.');
  t.teardown(() => run('rmi', '-f', tag));
  t.match(run('run', '--rm', ...network, tag, '--version'), /\d+\.\d+\.\d+/);
  t.match(run('run', '--rm', ...network, '--entrypoint', 'id', tag), /ekiden/, 'not as root');
  t.match(run('run', '--rm', ...network, '--entrypoint', 'haproxy', tag, '-v'), /HAProxy/);
});
