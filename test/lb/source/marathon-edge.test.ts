import t from 'tap';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '../../../src/common/logger.js';
import { identifyProcess } from '../../../src/common/process-identity.js';
import { signalProcess } from '../../../src/lb/apply/end-process.js';
import { startLb } from '../../../src/lb/start.js';
import { marathonApp, startFakeMarathon, status } from '../../support/fake-marathon.js';
import { get, haproxiesOf, lbOptions, lbStatus, startNamedServer, withoutHaproxy } from '../../support/haproxy.js';
import { freePort } from '../../support/ports.js';
import { waitFor } from '../../support/wait.js';

const skip = withoutHaproxy();

t.test('apps of a plain Marathon are routed to, also while it is away or suddenly knows none', { skip }, async (t) => {
  const workDir = mkdtempSync(join(tmpdir(), 'ekiden-lb-marathon-'));
  t.teardown(() => rmSync(workDir, { recursive: true, force: true, maxRetries: 10 }));
  const marathon = await startFakeMarathon(t);
  const [one, two] = [await startNamedServer('one'), await startNamedServer('two')];
  t.teardown(() => one.close());
  t.teardown(() => two.close());
  const [portOne, portTwo] = [await freePort(), await freePort()];
  marathon.apps = [marathonApp('/one', portOne, [one.port])];
  const options = await lbOptions(workDir, marathon.url);
  t.teardown(() => {
    for (const pid of haproxiesOf(workDir)) {
      const identity = identifyProcess(pid);
      if (identity !== undefined) signalProcess(identity, 'SIGKILL');
    }
  });
  const role = await startLb(options, { logger: silentLogger, fatal: (error) => t.fail(error.message) });
  t.teardown(() => role.stop('everything'));
  const answers = (port: number, body: string): Promise<boolean> =>
    waitFor(`${body} on port ${port}`, async () => (await get(port)) === body, { everyMs: 20 });

  await answers(portOne, 'one');
  marathon.apps = [...marathon.apps, marathonApp('/two', portTwo, [two.port])];
  const callback = `http://127.0.0.1:${options.lbPort}/api/marathon/event_callback`;
  const called = await fetch(callback, { method: 'POST', body: '{"eventType":"api_post_event"}' });
  t.equal(await called.text(), 'Got it!');
  await answers(portTwo, 'two');

  const { apps } = marathon;
  const doubts = (): Promise<boolean> =>
    waitFor('the doubt', async () => /suddenly gone/.test(JSON.stringify((await lbStatus(options)).reports)));
  marathon.apps = [];
  marathon.cut();
  await doubts();
  t.same([await get(portOne), await get(portTwo)], ['one', 'two']);
  marathon.apps = apps;
  marathon.faults.set('/', status(503));
  marathon.cut();
  await waitFor('its absence', async () => !(await lbStatus(options)).connected);
  t.same([await get(portOne), await get(portTwo)], ['one', 'two']);
  marathon.faults.clear();
  await waitFor('its return', async () => (await lbStatus(options)).connected);
  t.same([await get(portOne), await get(portTwo)], ['one', 'two']);
});
