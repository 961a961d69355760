import t from 'tap';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { flagNamed, marathonFlagsNotYet } from '../../src/cli/flags.js';
import { marathonLbOptions } from '../../src/cli/originals/marathon-lb.js';
import { servicerouterOptions } from '../../src/cli/originals/servicerouter.js';
import { resolveSettings } from '../../src/cli/settings.js';
import { banner } from '../../src/cli/supervisor/banner.js';

const pages = [
  'README.md',
  'CHANGELOG.md',
  ...readdirSync('docs', { recursive: true })
    .map((file) => join('docs', String(file)))
    .filter((file) => file.endsWith('.md')),
];

t.test('links lead somewhere', async (t) => {
  for (const page of pages) {
    for (const [, target = ''] of readFileSync(page, 'utf8').matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)) {
      if (!target.startsWith('https://')) t.ok(existsSync(join(dirname(page), target)), `${page}: ${target}`);
    }
  }
});

t.test('options that are named exist', async (t) => {
  // Of other programs: npm, curl, Docker, Mesos.
  const foreign = new Set([
    'help',
    'version',
    'stop-timeout',
    'name',
    'build-arg',
    'cacert',
    'resolve',
    'enforce_container_disk_quota',
    'http_framework_authenticators',
    'quorum',
    'system',
    'home-dir',
    'shell',
    'now',
  ]);
  // Of the load balancers whose words are understood, and of haproxy-marathon-bridge.
  const originals = new Set([
    ...Object.keys(marathonLbOptions.long),
    ...Object.keys(servicerouterOptions.long),
    'convert-template',
    'root',
  ]);
  const isKnown = (name: string): boolean =>
    flagNamed(name) !== undefined || name in marathonFlagsNotYet || foreign.has(name) || originals.has(name);
  for (const page of pages) {
    for (const [, name = ''] of readFileSync(page, 'utf8').matchAll(/(?<![\w-])--([a-z][a-z0-9_-]*)/g)) {
      t.ok(isKnown(name), `${page}: --${name}`);
    }
  }
});

t.test('the tour of the README shows the example of the banner', async (t) => {
  const up = resolveSettings('up', [], {}, () => undefined);
  const example = /^curl -X POST [\s\S]*?\nEND\n/m;
  const shown = up === undefined ? undefined : example.exec(banner(up.settings, []))?.[0];
  t.ok(shown);
  t.equal(example.exec(readFileSync('README.md', 'utf8'))?.[0], shown);
});
