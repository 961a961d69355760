import t from 'tap';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { skeletonHash, skeletonOf } from '../../../src/lb/plan/server-lines.js';
import { finishText } from '../../../src/lb/render/configuration-text.js';
import type { FinishedText } from '../../../src/lb/render/configuration-text.js';
import { createRenderer } from '../../../src/lb/render/renderer.js';
import { compileTemplate } from '../../../src/lb/render/template.js';
import { aBackend, aListener, aServer, aTemplateModel } from '../../support/routing-models.js';

const shipped = readFileSync('templates/haproxy.cfg.hbs', 'utf8');

t.test('the worker', async (t) => {
  const renderer = createRenderer({ deadlineMs: 500 });
  t.teardown(() => renderer.close());
  const model = aTemplateModel({ backends: [aBackend('a', { servers: [aServer(1)] })] });
  t.equal(await renderer.render(shipped, model), compileTemplate(shipped)(model));
  await t.rejects(renderer.render('{{#if}', {}), { name: 'RenderError', message: /Parse error/ });
  const list = Array.from({ length: 400 }, (_, i) => i);
  const endless = '{{#each list}}{{#each @root.list}}{{#each @root.list}}{{/each}}{{/each}}{{/each}}';
  await t.rejects(renderer.render(endless, { list }), { name: 'RenderError', message: /longer than 500 ms/ });
  t.equal(await renderer.render('{{a}}', { a: 'again' }), 'again', 'the next one has a new thread');
  const both = await Promise.all([renderer.render('{{a}}', { a: 1 }), renderer.render('{{a}}', { a: 2 })]);
  t.same(both, ['1', '2']);
  await renderer.close();
});

t.test('one model after the other gives the text that each alone would', async (t) => {
  const renderer = createRenderer();
  t.teardown(() => renderer.close());
  const template = compileTemplate(shipped);
  let before: FinishedText | undefined;
  const backends = Array.from({ length: 6 }, (_, i) => aBackend(`b${i}`, { servers: [aServer(1_000 + i)] }));
  const change = fc.record({
    at: fc.nat(5),
    servers: fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 3 }),
    cookie: fc.option(fc.constantFrom('A', 'B')),
    left: fc.subarray([0, 1, 2, 3, 4, 5], { minLength: 1 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(change, { maxLength: 4 }), async (changes) => {
      for (const { at, servers, cookie, left } of changes) {
        backends[at] = aBackend(`b${at}`, { servers: [...new Set(servers)].map((port) => aServer(port)), cookie });
        const model = aTemplateModel({
          backends: left.map((i) => backends[i] ?? aBackend('none')),
          listeners: left.map((i) => aListener(9_000 + i, `b${i}`)),
        });
        const rendered = await renderer.render(shipped, model);
        if (rendered !== template(model)) return false;
        before = finishText(rendered, '/run/h.sock', { before });
        const alone = finishText(rendered, '/run/h.sock');
        if (before.text !== alone.text || before.generation !== alone.generation) return false;
      }
      return true;
    }),
    { numRuns: 60 },
  );
});

t.test('what a configuration must have', (t) => {
  const finish = (text: string): string => finishText(text, '/s').text;
  const good = 'global\n  description x generation @generation@\n  stats socket /s level admin expose-fd listeners\n';
  t.ok(finish(good));
  t.throws(() => finish(`${good}\u0007`), /line 4: a control character/);
  t.throws(() => finish(`a\r\n${good}`), /line 1: a control character/);
  t.throws(() => finish(good.replace('@generation@', '1')), /must keep "description/);
  t.throws(() => finish(good.replace('/s', '/t')), /must keep "stats socket/);
  t.throws(() => finish(good.replace('level admin', '')), /must keep "stats socket/);
  t.end();
});

t.test('the generation is that of what servers do not change', (t) => {
  const text =
    'global\n x\npeers p\n  server q 1:1\nbackend a\n  mode http\n  server s 1:2 check\n\nlisten b\n  server t 1:3\n';
  t.equal(skeletonOf(text), 'global\n x\npeers p\n  server q 1:1\nbackend a\n  mode http\nlisten b');
  const hash = skeletonHash(text);
  const known = { text, hash };
  const same = [
    text.replace('s 1:2 check', 's2 1:9'),
    text.replace('  server s 1:2 check\n', ''),
    text.replace('  server t 1:3\n', '  server t 1:3\n  server u 1:4 # more\n').replace('1:2', '2:2'),
  ];
  for (const other of same) {
    t.equal(skeletonHash(other), hash);
    t.equal(skeletonHash(other, { text, hash: 'known' }), 'known');
  }
  const different = [
    text.replace('  server q 1:1', '  server q 1:2'),
    text.replace('mode http', 'mode tcp'),
    `${text}\nbackend c\n`,
    text.replace('server t', 'server-template t'),
  ];
  for (const other of different) t.not(skeletonHash(other, known), hash);
  t.end();
});
