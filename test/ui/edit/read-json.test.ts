import fc from 'fast-check';
import t from 'tap';
import { draftOf, withText } from '../../../src/ui/pages/edit/draft.js';
import { readJson } from '../../../src/ui/pages/edit/read-json.js';
import { anyJson } from './support.js';

const mistakeIn = (text: string): string => {
  const read = readJson(text);
  return 'mistake' in read ? `${read.mistake.line}:${read.mistake.column} ${read.mistake.text}` : 'none';
};

t.test('a mistake is told with its place', (t) => {
  t.match(mistakeIn('{\n  "a": 1,\n}'), /^2:9 This comma is one too many/);
  t.match(mistakeIn('{"a": 1\n "b": 2}'), /^2:2 “,” or “}” is missing/);
  t.match(mistakeIn('{"a" 1}'), /^1:6 “:” is missing/);
  t.match(mistakeIn("{'a': 1}"), /^1:2 The name of a member/);
  t.match(mistakeIn('["x]'), /^1:2 This text has no closing quote/);
  t.match(mistakeIn('{\n"a": [1, 2\n'), /begins in line 2 is not closed: “\]” is missing/);
  t.match(mistakeIn('[01]'), /^1:2 This is not a number/);
  t.match(mistakeIn('[// no\n1]'), /^1:2 JSON has no comments/);
  t.match(mistakeIn('["\\x"]'), /^1:3 After “\\”/);
  t.match(mistakeIn('[tru]'), /^1:2 A value is expected/);
  t.match(mistakeIn('{} {}'), /^1:4 Something follows/);
  t.match(mistakeIn(''), /^1:1 There is nothing/);
  t.match(mistakeIn('['.repeat(100_000)), /more than 500 levels/);
  t.end();
});

t.test('whatever JSON.parse does not take has a mistake, and nothing else has', (t) => {
  fc.assert(
    fc.property(anyJson, fc.nat(), fc.constantFrom('', ',', '}', '"', 'x', '\n', '\\', '0'), (value, at, extra) => {
      const text = JSON.stringify(value, null, 1);
      const place = at % (text.length + 1);
      const spoiled = text.slice(0, place) + extra + text.slice(place + 1);
      let isJson = true;
      try {
        JSON.parse(spoiled);
      } catch {
        isJson = false;
      }
      const read = readJson(spoiled);
      if (!('mistake' in read)) return isJson;
      const { line, column, text: words } = read.mistake;
      const lines = spoiled.split('\n');
      return !isJson && words !== '' && line <= lines.length && column <= (lines[line - 1] ?? '').length + 1;
    }),
    { numRuns: 500 },
  );
  t.pass('so it is');
  t.end();
});

t.test('a draft keeps its text as it is typed, and its last definition while that is none', (t) => {
  const draft = draftOf({ id: '/a' });
  const broken = withText(draft, '{"id": "/b"');
  t.equal(broken.text, '{"id": "/b"');
  t.same(broken.value, { id: '/a' });
  t.equal(broken.mistake?.line, 1);
  const mended = withText(broken, '{"id":  "/b"}');
  t.same([mended.text, mended.value, mended.mistake], ['{"id":  "/b"}', { id: '/b' }, undefined]);
  t.end();
});
