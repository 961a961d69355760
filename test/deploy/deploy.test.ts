// What is shipped in deploy/ and said in docs/operations: configurations that their programs accept, options and messages that exist.
import t from 'tap';
import { execFile } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { flagNamed } from '../../src/cli/flags.js';
import { resolveSettings } from '../../src/cli/settings.js';
import { makePem } from '../support/certificates.js';
import { haproxyFrontConfig } from '../support/haproxy-front.js';
import { withoutHaproxy } from '../support/haproxy.js';

const run = promisify(execFile);
const documents = 'docs/operations';
const shipped = readdirSync('deploy').sort();
const pages = readdirSync(documents)
  .filter((name) => name.endsWith('.md'))
  .sort();
const read = (path: string): string => readFileSync(path, 'utf8');

/** The blocks of one language in a page. */
function blocksOf(page: string, language: string): string[] {
  return [...read(join(documents, page)).matchAll(/^ *```(\w+)\n([\s\S]*?)^ *```$/gm)].flatMap(([, name, text = '']) =>
    name === language ? [text] : [],
  );
}

t.test('HAProxy accepts its configurations', { skip: withoutHaproxy() }, async (t) => {
  const directory = t.testdir();
  const { certificatePath, keyPath } = await makePem(directory, 'marathon.example');
  const pem = join(directory, 'marathon.pem');
  writeFileSync(pem, read(certificatePath) + read(keyPath));
  const texts = [
    ...shipped.filter((name) => name.endsWith('.cfg')).map((name) => [name, read(join('deploy', name))] as const),
    ...pages.flatMap((page) => blocksOf(page, 'haproxy').map((text) => [page, text] as const)),
    ['for tests', haproxyFrontConfig(12_345, [{ host: '127.0.0.1', port: 8080 }])] as const,
  ];
  t.ok(texts.length >= 3);
  for (const [name, text] of texts) {
    const path = join(directory, 'haproxy.cfg');
    writeFileSync(
      path,
      text.replaceAll('/etc/haproxy/marathon.pem', pem).replaceAll('/etc/haproxy/ekiden-ca.pem', certificatePath),
    );
    const result = await run('haproxy', ['-c', '-f', path]).catch((error: { stderr: string }) => error);
    t.equal(
      'stdout' in result ? result.stderr.replace(/^.*Configuration file is valid\s*/s, '') : result.stderr,
      '',
      name,
    );
  }
});

t.test('what tests replace in the front is all that differs', async (t) => {
  const schedulers = [1, 2, 3].map((n) => ({ host: `10.0.0.${n}`, port: 8080 }));
  const text = haproxyFrontConfig(80, schedulers);
  t.equal(text.replace('bind 127.0.0.1:80', 'bind :80'), read('deploy/haproxy-front.cfg'));
  t.match(
    haproxyFrontConfig(81, schedulers.slice(1)),
    /bind 127\.0\.0\.1:81\n[^]*server m1 10\.0\.0\.2:8080\n {4}server m2 10\.0\.0\.3:8080\n$/,
  );
});

const units = shipped.filter((name) => name.endsWith('.service'));

async function withoutSystemd(): Promise<string | false> {
  const found = await run('systemd-analyze', ['--version']).catch(() => undefined);
  return found === undefined ? 'there is no systemd-analyze here (apt-get install systemd)' : false;
}

t.test('systemd accepts the units', { skip: await withoutSystemd() }, async (t) => {
  const directory = t.testdir();
  const program = join(directory, 'opt', 'ekiden');
  cpSync('bin', join(program, 'bin'), { recursive: true });
  for (const unit of units) {
    const path = join(directory, unit);
    writeFileSync(path, read(join('deploy', unit)).replaceAll('/opt/ekiden', program));
    const { stdout, stderr } = await run('systemd-analyze', ['verify', '--man=no', path]).catch(
      (error: { stdout: string; stderr: string }) => error,
    );
    const lines = `${stdout}${stderr}`.split('\n');
    t.same(
      lines.filter((line) => line.includes(unit)),
      [],
      unit,
    );
  }
});

t.test('every unit starts a program that is there, and never one that was told wrong options', async (t) => {
  t.equal(units.length, 4);
  for (const unit of units) {
    const text = read(join('deploy', unit));
    const command = /^ExecStart=\/opt\/ekiden\/(\S+)(?: (.*))?$/m.exec(text);
    t.ok(existsSync(command?.[1] ?? ''), unit);
    for (const [, option = ''] of (command?.[2] ?? '').matchAll(/--(\w+)/g)) t.ok(flagNamed(option), option);
    t.match(text, /^Restart=always$/m);
    t.match(text, /^RestartPreventExitStatus=2$/m);
    t.match(text, /^User=ekiden$/m);
  }
});

t.test('the options of the environment files are options', async (t) => {
  const environment = Object.fromEntries(
    [...read('deploy/scheduler.env').matchAll(/^(\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]),
  );
  const invocation = resolveSettings('scheduler', [], environment, () => undefined);
  t.same(invocation?.warnings, []);
  t.match(invocation?.settings, { hostname: 'm1.example', ha: true });
  const texts = [...shipped.map((name) => join('deploy', name)), ...pages.map((page) => join(documents, page))];
  for (const path of texts) {
    for (const [variable, name = ''] of read(path).matchAll(/\b(?:EKIDEN|MARATHON)_([A-Z][A-Z0-9_]*)\b/g))
      t.ok(flagNamed(name), `${path}: ${variable}`);
  }
});

t.test('the pages: commands that would be accepted, links that lead somewhere, messages that are said', async (t) => {
  for (const page of pages) {
    const text = read(join(documents, page));
    for (const [, target = ''] of text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g))
      t.ok(existsSync(resolve(documents, target)), `${page}: ${target}`);
    const commands = blocksOf(page, 'sh')
      .join('\n')
      .replaceAll(/\\\n/g, ' ')
      .split('\n')
      .flatMap(
        (line) => /(?:\.\/bin\/start|\bekiden (?:scheduler|up|lb|dns|backup|restore)) (--.*)$/.exec(line)?.[1] ?? [],
      );
    for (const command of commands)
      for (const [, option = ''] of command.matchAll(/(?:^| )--(\w+)/g))
        t.ok(flagNamed(option), `${page}: --${option}`);
  }
  const source = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => read(join('src', name)))
    .join('\n');
  const rows = read(join(documents, 'monitoring.md')).split('## What log lines mean')[1] ?? '';
  const messages = [...rows.matchAll(/^\| `([^`]+)`/gm)].map(([, message = '']) => message);
  t.ok(messages.length > 10);
  for (const message of messages) t.ok(source.includes(message), message);
});
