import t from 'tap';
import { compileUserRegex, maxRegexLength } from '../../../src/scheduler/core/match/user-regex.js';
import type { CompiledRegex } from '../../../src/scheduler/core/match/user-regex.js';
import { constraintProblems } from '../../../src/scheduler/core/validate/rules/constraints.js';

function matches(source: string, text: string): boolean {
  const compiled = compileUserRegex(source);
  return compiled.ok && compiled.regex.matches(text);
}

function reasonOf(compiled: CompiledRegex): string {
  return compiled.ok ? 'accepted' : compiled.reason;
}

t.test('the whole text has to match', (t) => {
  t.ok(matches('rack-[1-3]', 'rack-2'));
  t.notOk(matches('rack-[1-3]', 'rack-22'));
  t.notOk(matches('ack', 'rack-2'));
  t.ok(matches('a|ab', 'ab'), 'alternatives are tried until one matches all of it');
  t.ok(matches('(?i)RACK.*', 'rack\u00e9'));
  t.notOk(matches('a.b', 'a\nb'));
  t.end();
});

t.test('what cannot be matched in linear time is refused with the reason', (t) => {
  for (const [source, reason] of [
    ['(?=a)b', /\(\?=.*look-around/],
    ['(a)\\1', /back-references/],
    ['a++', /possessive/],
    ['a{1,2000}', /repetition counts over 1000/],
    ['(abcd?){0,500}', /steps of it, at most 2000 are allowed/],
    ['[', /missing closing \]/],
    ['('.repeat(400) + ')'.repeat(400), /^accepted$/],
    ['x'.repeat(maxRegexLength + 1), /it has 1001 characters, at most 1000/],
  ] as const) {
    t.match(reasonOf(compileUserRegex(source)), reason, source.slice(0, 20));
  }
  t.equal(compileUserRegex('x'.repeat(maxRegexLength)).ok, true);
  t.end();
});

t.test('an evil expression costs no more than its text is long', (t) => {
  const compiled = compileUserRegex('(a+)+$');
  if (!compiled.ok) throw new Error(compiled.reason);
  // A backtracking engine would not come back from this
  t.notOk(compiled.regex.matches(`${'a'.repeat(100_000)}!`));
  t.ok(compiled.regex.matches('a'.repeat(100_000)));
  t.end();
});

t.test('constraints say why an expression is refused', (t) => {
  const errors = (...constraint: string[]): readonly string[] =>
    [...constraintProblems('/constraints(0)', constraint)].map(({ error }) => error);
  t.same(errors('rack', 'LIKE', 'rack-[1-3]'), []);
  t.match(errors('rack', 'UNLIKE', '(?!x)y'), [/^'\(\?!x\)y' is not a valid regular expression: .*look-around/]);
  t.same(errors('rack', 'LIKE', ''), ['LIKE and UNLIKE require a non-empty, regular expression value']);
  t.end();
});

t.test('no more expressions are kept than there is room for', (t) => {
  const first = compileUserRegex('first');
  t.equal(compileUserRegex('first'), first);
  for (let i = 0; i < 1000; i++) compileUserRegex(`other-${i}`);
  t.not(compileUserRegex('first'), first);
  t.end();
});
