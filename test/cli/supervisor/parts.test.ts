import t from 'tap';
import { LineSplitter } from '../../../src/cli/supervisor/line-splitter.js';
import { createLogPrinter } from '../../../src/cli/supervisor/log-printer.js';
import { nextRestart, stepDownOf } from '../../../src/cli/supervisor/restart-policy.js';
import { isRoleMessage, isStopMessage } from '../../../src/cli/supervisor/protocol.js';

t.test('restarts: at once, then 1 s growing to 30 s, anew after a good life', async (t) => {
  const delays: number[] = [];
  let restarts = 0;
  for (let i = 0; i < 8; i++) {
    const next = nextRestart(restarts, { livedMs: 100, status: 1 });
    delays.push(next.delayMs);
    restarts = next.restarts;
  }
  t.same(delays, [0, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
  t.same(nextRestart(restarts, { livedMs: 60_000, status: null }), { delayMs: 0, restarts: 1 });
  t.equal(nextRestart(restarts, { livedMs: 59_999, status: 1 }).delayMs, 30_000);
});

t.test('a scheduler that steps down is a candidate again at once, unless it does little else', async (t) => {
  for (const status of [103, 105]) {
    t.same(nextRestart(7, { livedMs: 5_000, status }), { delayMs: 0, restarts: 1 });
    t.same(nextRestart(3, { livedMs: 100, status }), { delayMs: 4000, restarts: 4 });
    t.type(stepDownOf(status), 'string');
  }
  for (const status of [0, 1, 2, 70, null]) t.equal(stepDownOf(status), undefined);
});

t.test('lines: across chunks, inside a character, without an end, too long', async (t) => {
  const lines: string[] = [];
  const splitter = new LineSplitter((line) => lines.push(line));
  const bytes = Buffer.from('one\nzwölf\n\nend');
  for (const byte of bytes) splitter.push(Buffer.from([byte]));
  splitter.end();
  t.same(lines, ['one', 'zwölf', 'end']);
  lines.length = 0;
  splitter.push(Buffer.from('x'.repeat(600 << 10)));
  splitter.push(Buffer.from('y\n'));
  t.ok(lines.every((line) => line.length <= 256 << 10));
  t.equal(lines.join('').length, (600 << 10) + 1);
});

t.test('printing: log lines pass, others are given their role', async (t) => {
  const line = '{"level":30,"time":"2026-01-01T00:00:00.000Z","role":"lb","msg":"hello"}';
  const written: string[] = [];
  const write = (text: string): void => void written.push(text);
  const json = createLogPrinter({ pretty: false, write, now: () => 0 });
  json('lb', line);
  json('lb', '    at somewhere (file.js:1:1)');
  t.equal(written[0], `${line}\n`);
  t.same(JSON.parse(written[1] ?? ''), {
    level: 40,
    time: '1970-01-01T00:00:00.000Z',
    role: 'lb',
    msg: '    at somewhere (file.js:1:1)',
  });
  written.length = 0;
  const pretty = createLogPrinter({ pretty: true, write, now: () => 0 });
  pretty('lb', line);
  pretty('lb', 'oops');
  t.match(written[0], /\[lb\] hello.*\n$/);
  t.equal(written[1], '[lb] oops\n');
});

t.test('messages of others are none of ours', async (t) => {
  t.ok(isRoleMessage({ type: 'ready' }));
  t.ok(isRoleMessage({ type: 'failed', message: 'x', usage: false }));
  for (const other of [null, 'ready', {}, { type: 'failed' }, { type: 'stop', scope: 'self' }])
    t.notOk(isRoleMessage(other));
  t.ok(isStopMessage({ type: 'stop', scope: 'everything' }));
  for (const other of [null, {}, { type: 'stop' }, { type: 'stop', scope: 'all' }]) t.notOk(isStopMessage(other));
});
