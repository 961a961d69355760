import t from 'tap';
import { readAppsOnce, readTasksText } from '../../../src/catalog/providers/marathon/read-once.js';
import { parseTasksText } from '../../../src/catalog/providers/marathon/tasks-text.js';
import { marathonApp, startFakeMarathon, status } from '../../support/fake-marathon.js';
import { freePort } from '../../support/ports.js';

t.test('the first Marathon that answers counts', async (t) => {
  const dead = `127.0.0.1:${await freePort()}`;
  const broken = await startFakeMarathon(t);
  broken.faults.set('/v2', status(500));
  const good = await startFakeMarathon(t, { credentials: 'me:secret' });
  good.apps = [marathonApp('/a', 10001, [31000])];
  good.tasksText = 'a\t10001\t127.0.0.1:31000\t\n';
  const credentials = { user: 'me', password: 'secret' };
  const all = [dead, broken.url, good.url.replace('http://', '')];
  const { apps, instances } = await readAppsOnce(all, { credentials });
  t.same([apps.length, instances.length], [1, 1]);
  t.same(await readTasksText(all, { credentials }), [{ app: 'a', servicePort: 10001, addresses: ['127.0.0.1:31000'] }]);
  await t.rejects(readAppsOnce(all), /it answers 500; .*401: the scheduler asks for credentials/);
  await t.rejects(readTasksText([broken.url]), /\/v2\/tasks: it answers 500/);
  await t.rejects(readTasksText([]), /no Marathon is given/);
});

t.test('the text of /v2/tasks', (t) => {
  t.same(parseTasksText('a_b\t10001\th1:31000\th2:31001\t\nidle\t10002\t\nnone\t \th1\t\n\nshort\nbad\t1x\th\r\n'), [
    { app: 'a_b', servicePort: 10001, addresses: ['h1:31000', 'h2:31001'] },
    { app: 'idle', servicePort: 10002, addresses: [] },
    { app: 'none', servicePort: undefined, addresses: ['h1'] },
    { app: 'bad', servicePort: undefined, addresses: ['1x', 'h'] },
  ]);
  t.same(parseTasksText(''), []);
  t.end();
});
