// The requests that were recorded with the originals, asked again of what stands in for them: their own commands (bin/…), a real
// HAProxy, fake apps on addresses of the loopback. lb-replay counts what is different; behaviour of an original that is marked as a
// quirk is not counted (docs/compat says what is done instead).
import t from 'tap';
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { withoutHaproxy } from '../../support/haproxy.js';
import { freePort } from '../../support/ports.js';
import { sharedPath } from '../../support/shared.js';

const tool = sharedPath('tools/lb-replay.mjs');
const cases = sharedPath('golden/lb/open');

function skipped(): string | false {
  if (tool === undefined || cases === undefined) return 'no ../shared';
  if (!existsSync(resolve('dist', 'main.js'))) return 'the program is not built (npm run build)';
  return withoutHaproxy();
}

/** One run of lb-replay over a case: its last line and what it printed before. */
async function replay(name: string): Promise<{ last: string; output: string }> {
  const names = [80, 81, 443, 9090, 9091];
  const ports: string[] = [];
  for (const port of names) ports.push(`${port}=${await freePort()}`);
  const options = ['--case', name, '--ports', ports.join(','), '--marathon', String(await freePort())];
  // through env(1), as tap adds its loaders to the NODE_OPTIONS of whatever a test starts: users do not have those
  const child = spawn(
    '/usr/bin/env',
    [
      '-u',
      'NODE_OPTIONS',
      process.execPath,
      tool ?? '',
      cases ?? '',
      ...options,
      '--wait',
      '30000',
      '--settle',
      '20000',
      '--cmd',
      'exec test/support/lb-start',
    ],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, LB_START_PORTS: ports.join(','), LB_START_API: String(await freePort()) },
    },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  await new Promise((done) => child.on('close', done));
  return { last: output.trim().split('\n').at(-1) ?? '', output };
}

t.setTimeout(400_000);

t.test('requests go where the originals sent them', { skip: skipped(), timeout: 400_000 }, async (t) => {
  // One after the other: their service ports are the same
  for (const name of readdirSync(cases ?? '.').filter((entry) =>
    existsSync(join(cases ?? '.', entry, 'routes.json')),
  )) {
    const { last, output } = await replay(name);
    t.match(last, /^[1-9]\d* matched, 0 differed$/, `${name}: ${last}`, { output });
  }
});
