import t from 'tap';
import fc from 'fast-check';
import { readHost } from '../../../src/lb/labels/hosts.js';
import { SettingError, shown } from '../../../src/lb/labels/values.js';

t.test('host names', (t) => {
  const cases: Record<string, string> = {
    'www.example.org': 'www.example.org',
    ' ShOuTy.Example.COM ': 'shouty.example.com',
    'example.org.': 'example.org',
    localhost: 'localhost',
    '*.example.org': '*.example.org',
    'my_app.example.org': 'my_app.example.org',
    'müller.example': 'xn--mller-kva.example',
    '*.MÜLLER.example': '*.xn--mller-kva.example',
    'еvil.example.com': 'xn--vil-qdd.example.com',
    '10.0.0.1': '10.0.0.1',
    [`${'a'.repeat(63)}.org`]: `${'a'.repeat(63)}.org`,
  };
  for (const [text, expected] of Object.entries(cases)) t.equal(readHost(text), expected, text);
  t.end();
});

t.test('what is none', (t) => {
  const cases: Record<string, RegExp> = {
    '': /not a host name/,
    '*': /add a rule/,
    '*.': /not a host name/,
    'a.*.b': /not a host name/,
    'a..b': /not a host name/,
    '-a.org': /not a host name/,
    'a-.org': /not a host name/,
    'a.org:8080': /":" cannot be in one; a name is the same on all ports/,
    'a.org b.org': /" " cannot be in one/,
    'a.org }': /cannot be in one/,
    'a.org\n  http-request deny': /"\\n" cannot be in one/,
    'a.org\r\n x': /"\\r" cannot be in one/,
    'a\u0000.org': /cannot be in one/,
    '"${PATH}"': /cannot be in one/,
    "it's.org": /cannot be in one/,
    'a.org\\': /cannot be in one/,
    'a.org#': /cannot be in one/,
    'ö.org/x': /"\/" cannot be in one/,
    'ö.org#x': /"#" cannot be in one/,
    'ö%2e.org': /"%" cannot be in one/,
    'еvil.example.com\u2028x': /not a host name/,
    'xn--a.ö': /not a host name/,
    [`${'a'.repeat(64)}.org`]: /not a host name/,
    [`${'a.'.repeat(127)}org`]: /not a host name/,
  };
  for (const [text, expected] of Object.entries(cases)) {
    t.throws(() => readHost(text), expected, shown(text));
    t.throws(() => readHost(text), SettingError);
  }
  t.end();
});

t.test('whatever is read is a name that can stand in a map file', (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
      try {
        return /^(\*\.)?[a-z0-9_.-]{1,253}$/.test(readHost(text));
      } catch (error) {
        return error instanceof SettingError;
      }
    }),
    { numRuns: 2000 },
  );
  t.end();
});
