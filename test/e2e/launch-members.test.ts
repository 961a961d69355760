// Members of an app that tasks are started with, through the public API and real processes: secrets, limits, executors, prefixes.
import t from 'tap';
import { waitFor } from '../support/wait.js';
import { recordEvents } from './marathon-api/support/event-stream.js';
import { startBundle } from './support/bundle.js';
import type { Bundle } from './support/bundle.js';
import { ask } from './support/http.js';
import { running } from './support/running.js';
import { sandboxText } from './support/sandbox.js';

t.setTimeout(300_000);

const password = 'n0b0dy-reads-this';

interface FailedApp {
  readonly app: { readonly lastTaskFailure?: { readonly state: string; readonly message: string } };
}

/** What the API says of the last task of an app that failed. */
function failureOf(bundle: Bundle, appId: string): Promise<{ readonly state: string; readonly message: string }> {
  return waitFor(
    `${appId} to fail`,
    async () => {
      const { body } = await bundle.api('GET', `/v2/apps/${appId}?embed=app.lastTaskFailure`);
      return (body as FailedApp).app.lastTaskFailure;
    },
    { withinMs: 60_000, everyMs: 100 },
  );
}

t.test('members that tasks are started with', async (t) => {
  const secretsDir = t.testdir({ team: { db: password, tls: 'PEM' } });
  const bundle = await startBundle(t, [
    '--enable_features=secrets',
    `--secrets_dir=${secretsDir}`,
    '--env_vars_prefix=MY_',
  ]);
  const events = await recordEvents(t, bundle);
  const base = { cpus: 0.05, mem: 32 };
  const says = async (appId: string, words: string): Promise<void> => {
    const [task] = await running(bundle, appId, 1);
    await waitFor(`${appId} to say ${words}`, async () => {
      const text = await sandboxText(bundle, task?.id ?? '', 'stdout');
      if (!text.includes(words)) throw new Error(text);
      return true;
    });
  };

  await t.test('secrets reach the task, and nobody else', async (t) => {
    const mirrored = [...password].reverse().join('');
    const app = {
      ...base,
      id: 'secretive',
      cmd: `test "$PASSWORD" = "$(printf %s '${mirrored}' | rev)" && cat tls/key.pem && exec sleep 1000`,
      env: { PASSWORD: { secret: 'db' } },
      secrets: { db: { source: 'team/db' }, key: { source: '/team/tls' } },
      container: { type: 'MESOS', volumes: [{ containerPath: 'tls/key.pem', secret: 'key' }] },
    };
    await bundle.postApp(app);
    await says('secretive', 'PEM');
    const { body } = await bundle.api('GET', '/v2/apps/secretive');
    t.match(body, { app: { env: app.env, secrets: app.secrets } }, 'what is shown is where it is');
    const { http, cluster, agent } = bundle.ports;
    const answers = await Promise.all([
      ...['/v2/info', '/v2/apps?embed=apps.tasks', '/v2/queue', '/metrics', '/ekiden/v1/explain/secretive'].map(
        (path) => ask(http, path),
      ),
      ...['/state', '/tasks', '/frameworks'].map((path) => ask(cluster, path)),
      ask(agent, '/state'),
    ]);
    for (const { text } of answers) t.notMatch(text, password);
    t.notMatch(JSON.stringify(events), password);
    t.notMatch(bundle.log(10_000), password);
  });

  await t.test('a secret that is not there: the task fails, and says why', async (t) => {
    await bundle.postApp({
      ...base,
      id: 'unknown-secret',
      cmd: 'sleep 1000',
      env: { PASSWORD: { secret: 'db' } },
      secrets: { db: { source: 'team/unknown' } },
    });
    t.match(await failureOf(bundle, 'unknown-secret'), {
      state: 'TASK_FAILED',
      message: /the secret 'team\/unknown' is not there/,
    });
    await bundle.api('DELETE', '/v2/apps/unknown-secret?force=true');
  });

  await t.test('--env_vars_prefix', async () => {
    const wanted = 'HOST= MY_HOST=set PORT0= MY_PORT0=set MARATHON_APP_ID=/prefixed';
    const shown = ['HOST', 'MY_HOST', 'PORT0', 'MY_PORT0'].map((name) => `${name}=\${${name}:+set}`).join(' ');
    await bundle.postApp({
      ...base,
      id: 'prefixed',
      cmd: `echo "${shown} MARATHON_APP_ID=$MARATHON_APP_ID"; exec sleep 1000`,
    });
    await says('prefixed', wanted);
  });

  await t.test('memory up to the limit', async () => {
    const held = (mib: number): string =>
      `exec '${process.execPath}' -e 'const held = Buffer.alloc(${mib} * 2 ** 20, 1); console.log("holds it"); setInterval(() => held, 1e6)'`;
    await bundle.postApp({ ...base, id: 'roomy', cmd: held(150), resourceLimits: { cpus: 1, mem: 'unlimited' } });
    await says('roomy', 'holds it');
    await bundle.postApp({ ...base, id: 'tight', cmd: held(300), resourceLimits: { mem: 64 } });
    t.match(await failureOf(bundle, 'tight'), {
      state: 'TASK_FAILED',
      message: /Memory limit exceeded: Requested: 64MB/,
    });
    await bundle.api('DELETE', '/v2/apps/tight?force=true');
    await running(bundle, 'roomy', 1);
  });

  await t.test('a custom executor, which the embedded cluster has not', async (t) => {
    await bundle.postApp({ ...base, id: 'custom', cmd: 'sleep 1000', executor: 'bin/executor' });
    t.match(await failureOf(bundle, 'custom'), {
      state: 'TASK_ERROR',
      message: 'Custom executors are not supported by the embedded cluster: use CommandInfo',
    });
    await bundle.api('DELETE', '/v2/apps/custom?force=true');
  });
});
