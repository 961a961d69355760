import t from 'tap';
import type { FromWorker } from '../../../src/dns/workers/protocol.js';
import { createWorkerLog, tellLine } from '../../../src/dns/workers/worker-log.js';
import { memoryLogger } from '../../support/memory-logger.js';

/** A worker's log, and what the other side says of it. */
function connected(verbose: boolean) {
  const { logger, lines } = memoryLogger();
  const send = (message: FromWorker): void => {
    if (message.type === 'log') tellLine(logger, structuredClone(message));
  };
  return { log: createWorkerLog(send, () => verbose), lines };
}

t.test('lines keep their level and their fields, errors what a reader wants of them', async (t) => {
  const { log, lines } = connected(true);
  const error = Object.assign(new Error('no such thing'), { code: 'ENOENT' });
  log.logger.child({ component: 'forwarder' }).warn({ err: error, attempt: 2 }, 'a resolver is dead');
  log.logger.debug({}, 'a detail');
  t.match(lines, [
    {
      level: 'warn',
      message: 'a resolver is dead',
      component: 'forwarder',
      attempt: 2,
      err: { type: 'Error', message: 'no such thing', code: 'ENOENT', stack: /no such thing/ },
    },
    { level: 'debug', message: 'a detail' },
  ]);
});

t.test('details that nobody wants are not told', async (t) => {
  const { log, lines } = connected(false);
  log.logger.debug({}, 'a detail');
  log.logger.info({}, 'news');
  t.match(lines, [{ level: 'info', message: 'news' }]);
  t.equal(lines.length, 1);
});

t.test('what cannot be told does no harm, and too much is not told', async (t) => {
  const { log, lines } = connected(true);
  const circle: { self?: unknown } = {};
  circle.self = circle;
  log.logger.info({ circle }, 'round');
  log.logger.info({ count: 1n }, 'large');
  log.logger.info({ text: 'x'.repeat(100_000) }, 'long');
  t.strictSame(lines, [
    { level: 'info', message: 'round' },
    { level: 'info', message: 'large' },
    { level: 'info', message: 'long' },
  ]);
  for (let i = 0; i < 1_000; i++) log.logger.info({}, 'again');
  t.equal(lines.length, 100);
  log.refill();
  log.logger.info({}, 'and again');
  t.equal(lines.length, 101);
});
