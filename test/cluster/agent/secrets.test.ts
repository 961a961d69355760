// Secrets that tasks refer to: the files of a directory of the agent's.
import { existsSync, mkdirSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { secretCredentials } from '../../../src/cluster/agent/containers/pull-credentials.js';
import { Secrets } from '../../../src/cluster/agent/containers/secrets.js';
import { waitFor } from '../../support/wait.js';
import { newWorkDir, runAgent } from './support/run-agent.js';

const reference = (name: string, key?: string) => ({
  type: 'REFERENCE',
  reference: { name, ...(key === undefined ? {} : { key }) },
});

t.test('tasks with secrets', async (t) => {
  const workDir = newWorkDir();
  const secretsDir = t.testdir({ team: { db: 'pass word\n', keys: { tls: 'KEY' } }, '.hidden': 'x' });
  const run = await runAgent(workDir, { flags: { secretsDir } });
  t.teardown(async () => {
    await run.agent.stop('everything');
    rmSync(workDir, { recursive: true });
  });
  const withSecret = (id: string, secret: object, value: string): void =>
    run.launch(id, {
      value,
      environment: {
        variables: [
          { name: 'PLAIN', value: 'plain' },
          { name: 'SECRET', type: 'SECRET', secret },
        ],
      },
    });

  t.test('variables', async (t) => {
    withSecret('variable', reference('/team/db'), 'printf "%s[%s]" "$PLAIN" "$SECRET"');
    t.match(await run.end('variable'), { state: 'TASK_FINISHED' });
    t.equal(run.log('variable', 'stdout'), 'plain[pass word\n]');
    t.notMatch(JSON.stringify(run.updates), /pass word/);
    withSecret('keyed', reference('team/keys', 'tls'), 'printf %s "$SECRET"');
    await run.end('keyed');
    t.equal(run.log('keyed', 'stdout'), 'KEY');
  });

  t.test('one that is not there fails the task, and says so', async (t) => {
    for (const [id, name, message] of [
      ['missing', 'team/none', /the secret 'team\/none' is not there: the agent looks for it in its --secrets_dir/],
      ['directory', 'team', /the secret 'team' cannot be read \(EISDIR\)/],
      ['outside', '../../etc/passwd', /is not a plain path/],
      ['hidden', '.hidden', /is not a plain path/],
      ['nameless', '', /is not a plain path/],
    ] as const) {
      withSecret(id, reference(name), 'true');
      t.match(await run.end(id), { state: 'TASK_FAILED', message }, id);
    }
  });

  t.test('files', async (t) => {
    const volume = {
      container_path: 'etc/key.pem',
      mode: 'RO',
      source: { type: 'SECRET', secret: reference('team/keys/tls') },
    };
    const container = { type: 'MESOS', volumes: [volume] };
    run.launch('file', { value: 'cat etc/key.pem; exec sleep 1000' }, { container });
    await waitFor('its words', () => run.log('file', 'stdout') === 'KEY');
    const link = join(run.sandboxes, 'file/runs/latest/etc/key.pem');
    const file = readlinkSync(link);
    t.equal(statSync(file).mode & 0o777, 0o600);
    t.notOk(file.startsWith(run.sandboxes), 'not where /files would show it');
    run.kill('file', 0);
    await run.end('file');
    t.notOk(existsSync(file), 'it goes with the task');
  });

  t.test('what a health check runs has them, too', async (t) => {
    run.launch(
      'checked',
      {
        value: 'exec sleep 1000',
        environment: { variables: [{ name: 'S', type: 'SECRET', secret: reference('team/db') }] },
      },
      {
        health_check: { type: 'COMMAND', delay_seconds: 0, interval_seconds: 0.1, command: { value: 'test -n "$S"' } },
      },
    );
    const told = await waitFor('its health', () => run.updates.find(({ status }) => status.healthy !== undefined));
    t.match(told.status, { task_id: { value: 'checked' }, healthy: true });
    run.kill('checked');
    await run.end('checked');
  });
});

t.test('without a directory', async (t) => {
  const none = new Secrets(undefined);
  t.throws(() => none.bytes(reference('team/db')), { message: /without --secrets_dir/ });
  t.equal(none.bytes({ type: 'VALUE', value: { data: Buffer.from('x').toString('base64') } }).toString(), 'x');
  t.equal(none.valueOf({ name: 'A', value: 'b' }), 'b');
  const large = t.testdir({ large: 'x'.repeat((1 << 20) + 1) });
  t.throws(() => new Secrets(large).bytes(reference('large')), { message: /more than 1048576 bytes/ });
});

t.test('a secret with the password of a registry', async (t) => {
  const directory = t.testdir();
  mkdirSync(join(directory, 'run'));
  const auths = { 'registry.example': { auth: 'bWU6cHc=' } };
  const credentials = await secretCredentials(
    Buffer.from(JSON.stringify({ auths, credHelpers: { x: 'evil' } })),
    join(directory, 'run'),
  );
  const file = credentials['REGISTRY_AUTH_FILE'] ?? '';
  t.same(JSON.parse(readFileSync(file, 'utf8')), { auths }, 'programs are not taken over');
  t.equal(statSync(file).mode & 0o777, 0o600);
  for (const bad of ['', 'nothing', '[]', '{"auths": 1}']) {
    await t.rejects(secretCredentials(Buffer.from(bad), directory), {
      message: /not a configuration file of Docker's/,
    });
  }
  writeFileSync(join(directory, 'old'), JSON.stringify(auths));
  const old = await secretCredentials(readFileSync(join(directory, 'old')), join(directory, 'run'));
  t.same(JSON.parse(readFileSync(old['REGISTRY_AUTH_FILE'] ?? '', 'utf8')), { auths }, 'the older form');
});
