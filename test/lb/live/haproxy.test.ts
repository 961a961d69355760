import t from 'tap';
import type { Test } from 'tap';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '../../../src/common/logger.js';
import { identifyProcess } from '../../../src/common/process-identity.js';
import { signalProcess } from '../../../src/lb/apply/end-process.js';
import type { LbBackend, LbBackends } from '../../../src/lb/live/backends.js';
import type { LbRevisions } from '../../../src/lb/live/revisions.js';
import { startLb } from '../../../src/lb/start.js';
import type { ProxyChange } from '../../../src/lb/update/change-records.js';
import { openEventStream } from '../../support/event-stream.js';
import { catalogApp, catalogInstance, startFakeCatalog } from '../../support/fake-catalog.js';
import { get, haproxiesOf, lbOptions, lbStatus, startNamedServer, withoutHaproxy } from '../../support/haproxy.js';
import { killProcess } from '../../support/kill.js';
import { freePort } from '../../support/ports.js';
import { waitFor } from '../../support/wait.js';

/** A load balancer over a catalog that can be changed; all that runs for it ends with the test, by process id. */
async function setUp(t: Test) {
  const workDir = mkdtempSync(join(tmpdir(), 'ekiden-lb-live-'));
  t.teardown(() => rmSync(workDir, { recursive: true, force: true, maxRetries: 10 }));
  const catalog = await startFakeCatalog();
  t.teardown(() => catalog.close());
  t.teardown(() => {
    for (const pid of haproxiesOf(workDir)) {
      const identity = identifyProcess(pid);
      if (identity !== undefined) signalProcess(identity, 'SIGKILL');
    }
  });
  const templatePath = join(workDir, 'own.hbs');
  writeFileSync(templatePath, readFileSync('templates/haproxy.cfg.hbs', 'utf8'));
  const options = await lbOptions(workDir, catalog.url, { templatePath });
  const role = await startLb(options, { logger: silentLogger, fatal: (error) => t.fail(error.message) });
  t.teardown(() => role.stop('everything'));
  const api = `http://127.0.0.1:${options.lbPort}/ekiden/v1`;
  const read = async <T>(path: string): Promise<T> => (await (await fetch(`${api}/${path}`)).json()) as T;
  return { catalog, options, templatePath, api, read };
}

t.test('what a page sees of a HAProxy that runs', { skip: withoutHaproxy() }, async (t) => {
  const { catalog, options, templatePath, api, read } = await setUp(t);
  const web = await startNamedServer('web');
  t.teardown(() => web.close());
  const port = await freePort();
  t.equal((await fetch(`${api}/backends`)).status, 503, 'nothing runs before the catalog is there');
  const stream = await openEventStream(t, `${api}/events?backends=true`);
  const states = (): LbRevisions[] =>
    stream.events.filter(({ event }) => event === 'state').map(({ data }) => data as LbRevisions);
  const backend = (): LbBackend | undefined => {
    const last = stream.events.filter(({ event }) => event === 'backends').at(-1)?.data as LbBackends | undefined;
    return last?.backends.find(({ app }) => app === '/web');
  };
  const changes = async (): Promise<readonly ProxyChange[]> =>
    (await read<{ changes: readonly ProxyChange[] }>('reloads')).changes;
  const first = await waitFor('the first state', () => states()[0]);

  catalog.publish({ apps: [catalogApp('/web', port)], instances: [catalogInstance('/web', 'web.1', [web.port])] });
  await waitFor('the app', async () => (await get(port)) === 'web');
  const grown = await waitFor('the revisions', () => {
    const last = states().at(-1);
    return last !== undefined && last.routing > first.routing && last.status > first.status && last;
  });
  t.equal(grown.process, first.process);
  const shown = await waitFor('the request that was counted', () => {
    const now = backend();
    return now !== undefined && now.total > 0 && now;
  });
  t.match(shown, { app: '/web', up: true, queued: 0, errors: 0 });
  t.ok(shown.bytesOut > 0);
  const address = `127.0.0.1:${web.port}`;
  t.match(shown.servers, [{ name: `127.0.0.1_${web.port}`, address, task: 'web.1', status: /^(?:UP|no check)/ }]);
  t.same(
    (await read<LbBackends>('backends')).backends.map(({ name }) => name),
    [shown.name],
  );
  t.match((await changes()).at(-1), { kind: 'reload', reasons: ['HAProxy was not running'], generation: String });

  const other = await startNamedServer('other');
  t.teardown(() => other.close());
  catalog.publish({ instances: [catalogInstance('/web', 'web.2', [other.port])] });
  const told = await waitFor('the second server', async () => (await changes()).find(({ kind }) => kind === 'runtime'));
  t.match(told.reasons, [new RegExp(`^add server ${shown.name}/127.0.0.1_${other.port} 127.0.0.1:${other.port}`)]);
  await waitFor(
    'both tasks',
    () =>
      backend()
        ?.servers.map(({ task }) => task)
        .sort()
        .join(' ') === 'web.1 web.2',
  );

  const template = readFileSync(templatePath, 'utf8');
  writeFileSync(templatePath, template.replace('retries 3', 'retreats 3'));
  const failed = await waitFor('the refusal', async () => (await changes()).find(({ kind }) => kind === 'failed'));
  t.match(failed.reasons.join('\n'), /unknown keyword 'retreats'/);
  t.equal(failed.durationMs, null);
  writeFileSync(templatePath, template.replace('retries 3', 'retries 2'));
  const reload = await waitFor('the reload', async () => {
    const [newest] = await changes();
    return newest?.kind === 'reload' && newest;
  });
  t.same(reload.reasons, ['defaults: - retries 3', 'defaults: + retries 2']);
  t.equal(reload.generation, (await lbStatus(options)).haproxy.generation);

  await waitFor('counts that begin anew', () => backend()?.total === 0);

  const { haproxy } = await lbStatus(options);
  const before = states().at(-1)?.status ?? 0;
  killProcess(haproxy.pid);
  const restart = await waitFor('the restart', async () => (await changes()).find(({ kind }) => kind === 'restart'));
  t.equal(restart.generation, haproxy.generation);
  await waitFor('the status', () => (states().at(-1)?.status ?? 0) > before);
});
