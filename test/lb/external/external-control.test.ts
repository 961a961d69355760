// An HAProxy that something else runs, played by scripts that note how they were called.
import t from 'tap';
import type { Test } from 'tap';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { silentLogger } from '../../../src/common/logger.js';
import { HaproxyProgram } from '../../../src/lb/apply/haproxy-program.js';
import type { ApplyOutcome, Configuration } from '../../../src/lb/apply/proxy-control.js';
import { ExternalControl } from '../../../src/lb/external/external-control.js';
import type { ExternalHaproxy } from '../../../src/lb/external/external-haproxy.js';

interface Scene {
  readonly root: string;
  readonly configPath: string;
  /** A load balancer of this place. */
  readonly control: (more?: Partial<ExternalHaproxy>, print?: (text: string) => void) => ExternalControl;
  /** What the commands were called with, in order. */
  readonly calls: () => string[];
  readonly configuration: (text: string, entries?: Record<string, string>) => Configuration;
}

function scene(t: Test): Scene {
  const root = t.testdir({ haproxy: {}, work: {} });
  const configPath = join(root, 'haproxy', 'haproxy.cfg');
  const log = join(root, 'calls');
  return {
    root,
    configPath,
    control: (more = {}, print = () => undefined) =>
      new ExternalControl({
        external: {
          configPath,
          validateCommand: `grep -q bad {{.}} && { echo '[ALERT] parsing [x:7]: bad' >&2; exit 1; }; echo validate >> ${log}`,
          reloadCommand: `[ ! -e ${root}/broken ] && echo reload >> ${log}`,
          cleanupCommand: `echo cleanup >> ${log}`,
          effect: 'reload',
          ...more,
        },
        program: new HaproxyProgram(join(root, 'no-haproxy')),
        directory: join(root, 'work'),
        logger: silentLogger,
        print,
      }),
    calls: () => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []),
    configuration: (text, entries = {}) => ({
      text,
      generation: text,
      maps: [{ path: join(root, 'work', 'maps', 'hosts.map'), entries: new Map(Object.entries(entries)) }],
    }),
  };
}

const mayReload = { mayReload: true };

t.test('checked, written, reloaded; then nothing until something is different', async (t) => {
  const { configPath, control, calls, configuration, root } = scene(t);
  writeFileSync(configPath, 'of before', { mode: 0o640 });
  const one = control();
  t.equal(await one.adopt(), false);
  t.match(await one.apply(configuration('first'), mayReload), { kind: 'running' });
  t.equal(readFileSync(configPath, 'utf8'), 'first');
  t.equal(statSync(configPath).mode & 0o777, 0o640, 'the mode stays');
  t.same(calls(), ['validate', 'reload', 'cleanup']);
  t.match(await one.apply(configuration('first'), mayReload), { kind: 'unchanged' });
  t.match(await one.apply(configuration('first', { 'a.example/': 'be' }), { mayReload: false }), { kind: 'postponed' });
  t.match(await one.apply(configuration('first', { 'a.example/': 'be' }), mayReload), { kind: 'running' });
  t.equal(readFileSync(join(root, 'work', 'maps', 'hosts.map'), 'utf8'), 'a.example/ be\n');
  t.equal(calls().length, 6, 'a map alone is read by a reload, too');

  const next = control();
  t.equal(await next.adopt(), true, 'the one after it knows');
  t.equal(next.running?.text, 'first');
  t.match(await next.apply(configuration('first', { 'a.example/': 'be' }), mayReload), { kind: 'unchanged' });
  writeFileSync(configPath, 'of somebody else');
  t.match(await next.apply(configuration('first', { 'a.example/': 'be' }), mayReload), { kind: 'running' });
  t.equal(await control().adopt(), true);
  writeFileSync(configPath, 'of somebody else');
  t.equal(await control().adopt(), false);
  t.same(readdirSync(join(root, 'haproxy')), ['haproxy.cfg'], 'nothing is left behind');
});

t.test('what is refused changes nothing, and names its lines', async (t) => {
  const { configPath, control, calls, configuration, root } = scene(t);
  const one = control();
  await one.apply(configuration('first', { a: 'b' }), mayReload);
  const refused: ApplyOutcome = await one.apply(configuration('bad', { a: 'c' }), mayReload);
  t.match(refused, { kind: 'refused', lines: [7], message: /bad/ });
  t.equal(readFileSync(configPath, 'utf8'), 'first');
  t.equal(readFileSync(join(root, 'work', 'maps', 'hosts.map'), 'utf8'), 'a b\n', 'maps, too');
  t.equal(calls().length, 3);
  t.match(await one.apply(configuration('first', { a: 'b' }), mayReload), { kind: 'unchanged' });
});

t.test('a reload that fails is tried again, with the old file meanwhile', async (t) => {
  const { configPath, control, calls, configuration, root } = scene(t);
  const one = control();
  await one.apply(configuration('first'), mayReload);
  writeFileSync(join(root, 'broken'), '');
  for (const attempt of ['once', 'twice']) {
    t.match(await one.apply(configuration('second'), mayReload), { kind: 'failed', message: /exit status 1/ }, attempt);
    t.equal(readFileSync(configPath, 'utf8'), 'first', attempt);
  }
  t.equal(calls().filter((call) => call === 'cleanup').length, 3, 'the clean-up follows each attempt');
  rmSync(join(root, 'broken'));
  t.match(await one.apply(configuration('second'), mayReload), { kind: 'running' });
  t.equal(readFileSync(configPath, 'utf8'), 'second');
});

t.test('a first configuration that cannot be brought into force leaves no file', async (t) => {
  const { configPath, control, configuration, root } = scene(t);
  mkdirSync(join(root, 'broken'));
  t.match(await control().apply(configuration('first'), mayReload), { kind: 'failed' });
  t.notOk(existsSync(configPath));
});

t.test('only shown: nothing is written, no command run', async (t) => {
  const { configPath, control, calls, configuration } = scene(t);
  const printed: string[] = [];
  const one = control({ effect: 'print' }, (text) => printed.push(text));
  t.match(await one.apply(configuration('first'), mayReload), { kind: 'running' });
  t.same(printed, ['first']);
  t.notOk(existsSync(configPath));
  t.same(calls(), []);
});

t.test('without a command to check and without haproxy nothing is checked', async (t) => {
  const { configPath, control, configuration } = scene(t);
  const one = control({ validateCommand: null, cleanupCommand: null });
  t.match(await one.apply(configuration('bad'), mayReload), { kind: 'running' });
  t.equal(readFileSync(configPath, 'utf8'), 'bad');
  t.same(await one.drained(), []);
  t.equal(one.noticeDeath(), false);
  t.equal(await one.startLastGood(), undefined);
});
