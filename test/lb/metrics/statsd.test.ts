import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import t from 'tap';
import { silentLogger } from '../../../src/common/logger.js';
import { openStatsd } from '../../../src/lb/metrics/statsd.js';
import { waitFor } from '../../support/wait.js';

t.test("Bamboo's counters arrive under their names", async (t) => {
  const server = createSocket('udp4').bind(0, '127.0.0.1');
  t.teardown(() => server.close());
  await once(server, 'listening');
  const lines: string[] = [];
  server.on('message', (message) => lines.push(message.toString()));
  const target = { host: '127.0.0.1', port: server.address().port };
  const statsd = openStatsd({ ...target, prefix: 'bamboo.test' }, silentLogger);
  statsd.count('restart');
  statsd.count('callback.marathon');
  statsd.count('reload.domain');
  statsd.outcome({ kind: 'unchanged' });
  statsd.outcome({ kind: 'running', reasons: [], durationMs: 12.4 });
  statsd.outcome({ kind: 'failed', message: 'no' });
  await waitFor('seven datagrams', () => lines.length === 7);
  t.same(lines.sort(), [
    'bamboo.test.callback.marathon:1|c',
    'bamboo.test.haproxy.reload.error:1|c',
    'bamboo.test.haproxy.reload.marathon.duration:12|ms',
    'bamboo.test.haproxy.reload.marathon.reloaded:1|c',
    'bamboo.test.haproxy.reload.skipped:1|c',
    'bamboo.test.reload.domain:1|c',
    'bamboo.test.restart:1|c',
  ]);
  await statsd.close();
  const plain = openStatsd({ ...target, prefix: '' }, silentLogger);
  plain.count('restart');
  await waitFor('one more', () => lines.includes('restart:1|c'));
  await plain.close();
});

t.test('a server that is not there costs nothing', async (t) => {
  const statsd = openStatsd({ host: 'no-such-host.invalid', port: 8125, prefix: 'x' }, silentLogger);
  for (let n = 0; n < 5_000; n++) statsd.count('restart');
  await statsd.close();
  t.pass('it ends');
});
