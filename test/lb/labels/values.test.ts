import t from 'tap';
import { readBoolean, readChoice, readInteger, SettingError, shown } from '../../../src/lb/labels/values.js';

t.test('yes and no', (t) => {
  for (const text of ['true', 'T', 'Yes', 'y', '1', 'on', ' true ']) t.equal(readBoolean(text), true, text);
  for (const text of ['false', 'F', 'no', 'n', '0', 'off', '']) t.equal(readBoolean(text), false, text);
  for (const text of ['ture', '2', 'enabled', 'yes\nno']) t.throws(() => readBoolean(text), SettingError, text);
  t.end();
});

t.test('whole numbers in a range', (t) => {
  t.equal(readInteger('10', 0, 10), 10);
  t.equal(readInteger(' -3 ', -5, 10), -3);
  t.equal(readInteger('+7', 0, 10), 7);
  for (const text of ['', 'http', '1.5', '1e3', '0x1', '11', '-1', '٣', '1 2', '99999999999999999999']) {
    t.throws(() => readInteger(text, 0, 10), SettingError, text);
  }
  t.end();
});

t.test('one of some words', (t) => {
  t.equal(readChoice(' HTTP', ['tcp', 'http']), 'http');
  t.throws(() => readChoice('http\n  bind :1', ['tcp', 'http']), /"http\\n {2}bind :1" is none of tcp, http/);
  t.end();
});

t.test('what is shown of a value is one short line', (t) => {
  t.equal(shown('a\nb'), '"a\\nb"');
  t.equal(shown('a\u2028b\u0085c'), '"a\\u2028b\\u0085c"');
  t.ok(shown('x'.repeat(1000)).length < 70);
  t.end();
});
