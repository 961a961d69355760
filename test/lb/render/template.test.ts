import t from 'tap';
import { readFileSync } from 'node:fs';
import { compileTemplate } from '../../../src/lb/render/template.js';
import { readTemplate } from '../../../src/lb/render/template-tree.js';
import { aBackend, aServer, aTemplateModel } from '../../support/routing-models.js';

const withLabels = aTemplateModel({
  backends: [
    aBackend('a', {
      app: { id: '/a', kind: 'app', labels: { NOTE: "it's {{x}}", EMPTY: '', LIST: 'x,y' }, env: { N: '12' } },
    }),
  ],
});
const each = (body: string): string => `{{#each backends}}${body}{{/each}}`;
const one = (template: string): string => compileTemplate(template)(withLabels);

t.test('outside text is put out by quoting helpers alone', (t) => {
  t.equal(one(each('{{q app.labels.NOTE}}')), `'it'"'"'s {{x}}'`);
  t.equal(one(each('{{q (lookup app.labels "ABSENT")}}|')), '|');
  t.equal(one(each(`{{eq app.labels.NOTE "it's {{x}}"}}`)), 'true');
  t.equal(
    one(each('{{word app.labels.NOTE}} {{hostName app.labels.NOTE}} {{ToInt app.env.N}}')),
    'it_s___x__ none.invalid 12',
  );
  t.equal(one(each('{{#if app.labels.EMPTY}}yes{{else}}no{{/if}}')), 'no');
  t.equal(one(each('{{#each (Split app.labels.LIST ",")}}[{{q (ToUpper this)}}]{{/each}}')), `['X']['Y']`);
  t.equal(one(each('{{q (Join (Split app.labels.LIST ",") "-")}}')), `'x-y'`);
  t.equal(one(each('{{q (Replace app.labels.LIST "," "+" -1)}}{{Contains app.labels.LIST ","}}')), `'x+y'true`);
  for (const body of [
    '{{app.labels.NOTE}}',
    '{{{app.labels.NOTE}}}',
    '{{ToLower app.labels.NOTE}}',
    '{{print "a" app.labels.NOTE}}',
    '{{#each app.labels}}{{this}}{{/each}}',
    '{{#with app}}{{labels.NOTE}}{{/with}}',
    '{{#let app.labels.NOTE as |x|}}{{x}}{{/let}}',
  ]) {
    t.throws(() => one(each(body)), /without quotes/, body);
    t.match(readTemplate(each(body)).problems, [{ line: 1, reason: /text from outside/ }], body);
  }
  t.throws(() => one(each('{{app.labels}}')), /several parts/);
  t.throws(() => one('{{q backends}}'), /several parts/);
  t.throws(() => one('{{nothing}}'), /line 1: "nothing" not defined/);
  t.throws(() => one('{{shell "id"}}'), /unknown helper/i);
  t.throws(() => one('{{#if}'), /Parse error/);
  t.throws(() => one('a\n\u0001'), /line 2: a control character/);
  t.end();
});

t.test('what a template does is seen before it is used', (t) => {
  const problems = (template: string): readonly number[] => readTemplate(template).problems.map((p) => p.line);
  t.same(problems(readFileSync('templates/haproxy.cfg.hbs', 'utf8')), []);
  t.same(problems('\n{{#each backends as |b|}}\n{{b.name}} {{b.app.labels.X}}\n{{q b.app.labels.X}}{{/each}}'), [3]);
  t.same(problems('{{#each backends}}{{#each app.env}}{{@key}}={{q this}}{{/each}}{{/each}}'), [1]);
  t.same(problems('{{#each backends}}{{#each servers}}{{name}} {{../app.env.X}}{{/each}}{{/each}}'), [1]);
  t.same(problems('{{#each Apps}}{{Id}} {{HealthCheckPath}}{{#each Tasks}}{{Host}}:{{Port}}{{/each}}{{/each}}'), [1]);
  t.same(problems('{{#let (getService Services "/a") as |s|}}{{s.Acl}} {{s.Config.X}}{{/let}}'), [1]);
  t.same(problems('{{@root.backends.length}}{{#if x}}{{else}}{{#each @root.backends}}{{app.id}}{{/each}}{{/if}}'), []);
  t.equal(readTemplate('{{#each backends}}{{/each}}').usesApps, false);
  t.equal(readTemplate('{{#each backends}}{{#each @root.Apps}}{{/each}}{{/each}}').usesApps, true);
  t.end();
});

t.test('no value puts in a line or a section', (t) => {
  const model = { ...aTemplateModel(), text: 'a\nb', line: 'backend x', inner: ['frontend y'] };
  const run = (template: string): string => compileTemplate(template)(model);
  t.throws(() => run('x {{text}}'), /line 1: "text" holds a control character/);
  t.throws(() => run('x\n  {{line}}\n'), /a value begins a section of its own: "backend"/);
  t.throws(() => run('x\n{{#each inner}}\n{{this}}\n{{/each}}'), /a section of its own: "frontend"/);
  t.equal(run('x\n  use_{{line}}\nbackend {{line}}\n'), 'x\n  use_backend x\nbackend backend x\n');
  const directives = aTemplateModel({ backends: [aBackend('a', { directives: ['listen x'] })] });
  t.throws(() => compileTemplate(each('{{#each directives}}\n {{this}}\n{{/each}}'))(directives), /"listen"/);
  t.end();
});

t.test('the text of an item is kept as long as the item is the same', (t) => {
  const [a, b, c] = [aBackend('a'), aBackend('b', { servers: [aServer(1)] }), aBackend('b', { servers: [aServer(2)] })];
  const body = each('{{name}}{{#each servers}} {{endpoint}}{{../mode}}{{@index}}{{/each}};');
  const template = compileTemplate(`<${body}>`);
  const first = template.pieces(aTemplateModel({ backends: [a, b] }));
  t.equal(first.join(''), '<a;b 127.0.0.1:1http0;>');
  const second = template.pieces(aTemplateModel({ backends: [a, c] }));
  t.equal(second.join(''), '<a;b 127.0.0.1:2http0;>');
  t.equal(second.length, 4, 'each item is a piece');
  t.equal(template(aTemplateModel()), '<>');
  t.equal(compileTemplate('{{#each backends}}x{{else}}none{{/each}}')(aTemplateModel()), 'none');
  // What looks at more than its item is made anew each time.
  for (const body of ['{{@index}}', '{{../generation}}', '{{@root.generation}}']) {
    t.equal(compileTemplate(each(body)).pieces(aTemplateModel({ backends: [a, b] })).length, 1, body);
  }
  const named = '{{#each backends as |b i|}}{{b.name}}{{i}}{{/each}}';
  t.same(compileTemplate(named).pieces(aTemplateModel({ backends: [a, b] })), ['a0b1']);
  const outer = '{{#let generation as |g|}}{{#each backends}}{{g}}{{/each}}{{/let}}';
  t.same(compileTemplate(outer).pieces(aTemplateModel({ backends: [a] })), ['@generation@']);
  t.end();
});
