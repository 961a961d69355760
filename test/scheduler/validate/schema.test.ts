import t from 'tap';
import { Type } from 'typebox';
import type { TSchema } from 'typebox';
import { defineSchema, readJson } from '../../../src/scheduler/core/validate/schema.js';
import type { Schema } from '../../../src/scheduler/core/validate/schema.js';
import { maxViolations, violationsOf } from '../../../src/scheduler/core/validate/violations.js';
import { isUri } from '../../../src/scheduler/core/validate/rules/fetch.js';

const schema: Schema = {
  type: 'object',
  properties: {
    count: { type: 'integer', minimum: 0, maximum: 10 },
    names: { type: 'array', items: { type: 'string' }, uniqueItems: true },
    options: { type: 'object', additionalProperties: { anyOf: [{ type: 'string' }, { type: 'number' }] } },
  },
  required: ['count'],
};

t.test('reads what it knows, without nulls and repetitions', (t) => {
  const { value, problems } = readJson(schema, {
    count: 3.0,
    names: ['a', 'b', 'a'],
    options: { x: 'y', n: 1, gone: null },
    unknown: { deep: [] },
  });
  t.same(problems, []);
  t.same(value, { count: 3, names: ['a', 'b'], options: { x: 'y', n: 1 } });
  t.end();
});

t.test('says what is wrong and where', (t) => {
  const { problems } = readJson(schema, {
    count: 1.5,
    names: ['a', 1],
    options: { 'odd/name': true, constructor: 'fine' },
  });
  t.same(violationsOf(problems), [
    { path: '/count', errors: ['error.expected.int'] },
    { path: '/names(1)', errors: ['error.expected.jsstring'] },
    { path: '/options/"odd/name"', errors: ['error.expected.jsstring'] },
  ]);
  t.same(violationsOf(readJson(schema, null).problems), [{ path: '/', errors: ['error.expected.jsobject'] }]);
  t.same(violationsOf(readJson(schema, { count: Infinity }).problems)[0]?.errors, ['error.expected.jsnumber']);
  t.equal(readJson(schema, { count: 0, names: Array<number>(10_000).fill(1) }).problems.length, maxViolations);
  t.end();
});

t.test('members of prototypes are neither read nor written', (t) => {
  const hostile = JSON.parse('{"count":1,"options":{"__proto__":"x"},"__proto__":{"names":["x"]}}') as unknown;
  const { value, problems } = readJson(schema, hostile);
  t.equal(problems.length, 1);
  t.equal(Object.getPrototypeOf((value as { options: object }).options), Object.prototype);
  t.notOk('names' in (value as object));
  t.end();
});

t.test('URIs', (t) => {
  for (const uri of [
    'http://h:80/a?b#c',
    'file:///bin/sh',
    'hdfs://n:9000/x',
    '/local/path',
    's3a://b/k',
    'http://[::1]:80/',
  ]) {
    t.ok(isUri(uri), uri);
  }
  for (const uri of ['http://h:80:70/x', 'a b', 'http://h/%zz', ':x', 'http://h/{a}', 'a#b#c'])
    t.notOk(isUri(uri), uri);
  t.end();
});

t.test('a schema that says what is not supported is refused when it is defined', (t) => {
  const refused: readonly (readonly [schema: TSchema, reason: RegExp])[] = [
    [Type.String({ format: 'uri' }), /'format' is not supported/],
    [Type.Object({ a: Type.Array(Type.String(), { maxItems: 3 }) }), /at '\/a': .*'maxItems'/],
    [Type.Number({ exclusiveMinimum: 0 }), /'exclusiveMinimum'/],
    [Type.Object({ a: Type.Null() }), /the type is not supported/],
    [Type.Union([Type.String(), Type.String({ minLength: 1 })]), /must differ in their JSON type/],
    [Type.String({ pattern: '[a-z]' }), /must match the whole text/],
    [Type.String({ 'x-shownPattern': 'a' }), /needs 'pattern'/],
    [Type.Object({ a: Type.String() }, { required: ['b'] }), /'b' is not described/],
    [Type.Object({}, { additionalProperties: true }), /'properties' is not supported/],
    [Type.Ref('Nothing'), /nothing is defined as 'Nothing'/],
    [Type.Cyclic({ A: Type.Object({ a: Type.String({ format: 'uri' }) }) }, 'A'), /'format'/],
    [Type.Unknown(), /says nothing about the type/],
  ];
  for (const [schema, reason] of refused) {
    t.throws(() => defineSchema(schema as Schema), { message: reason }, JSON.stringify(schema));
  }
  t.end();
});

t.test('names of members may have to match a pattern', (t) => {
  const named = defineSchema(
    Type.Record(Type.String({ pattern: '^[A-Z]+$' }), Type.Union([Type.Literal('on'), Type.Literal('off')])),
  );
  t.same(readJson(named, { A: 'on', B: null }), { value: { A: 'on' }, problems: [] });
  t.same(
    violationsOf(readJson(named, { a: 'on', B: 'x' }).problems).flatMap(({ path }) => path),
    ['/', '/a', '/B'],
  );
  t.end();
});

t.test('how Marathon prints a pattern is what clients see', (t) => {
  const shown = defineSchema(Type.String({ pattern: '^(?:a|b)$', 'x-shownPattern': '^(a|b)$' }));
  t.same(violationsOf(readJson(shown, 'c').problems), [
    { path: '/', errors: ['error.pattern', "must fully match regular expression '^(a|b)$'"] },
  ]);
  t.end();
});
