import t from 'tap';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { parseAcl, serializeAcl } from '../../../src/lb/rules/acl.js';
import { AclError, quoteWord, splitWords } from '../../../src/lb/rules/acl-words.js';
import { sharedPath } from '../../support/shared.js';

const rewritten = (text: string): string => serializeAcl(parseAcl(text));

t.test('understands what Bamboo users write', (t) => {
  const cases: Record<string, string> = {
    'hdr(host) -i ghost.local': `req.hdr(host),field(1,:) -m str -i -- 'ghost.local'`,
    'hdr(Host) -i a.local b.local': `req.hdr(Host),field(1,:) -m str -i -- 'a.local' 'b.local'`,
    'hdr(host) -i ghost.local:8880': `hdr(host) -i -- 'ghost.local:8880'`,
    'hdr_end(host) -i .example.com': `req.hdr(host),field(1,:) -m end -i -- '.example.com'`,
    'hdr_dom(host) -i example': `req.hdr(host),field(1,:) -m dom -i -- 'example'`,
    'hdr_reg(host) -i ^foo\\.bar$': `req.hdr(host),field(1,:) -m reg -i -- '^foo\\.bar$'`,
    'path_beg -i /users': `path -m beg -i -- '/users'`,
    '  path_beg   /a   /b ': `path -m beg -- '/a' '/b'`,
    'path_reg ^/v[0-9]{1,2}/': `path -m reg -- '^/v[0-9]{1,2}/'`,
    'path /a\\ b': `path -- '/a b'`,
    'path "/a b"': `path -- '/a b'`,
    "path 'it''s'": `path -- 'its'`,
    'path "it\'s"': `path -- 'it'"'"'s'`,
    'path -- -x': `path -- '-x'`,
    'url_param(debug) -m found': 'url_param(debug) -m found',
    'hdr(X-Version) 2': `hdr(X-Version) -- '2'`,
    'hdr_cnt(x) gt 2': `hdr_cnt(x) -- 'gt' '2'`,
    'req.hdr(host),lower -m beg api.': `req.hdr(host),lower -m beg -- 'api.'`,
    'src 10.0.0.0/8 2001:db8::/32': `src -- '10.0.0.0/8' '2001:db8::/32'`,
    'method GET HEAD': `method -- 'GET' 'HEAD'`,
    ssl_fc: 'ssl_fc',
  };
  for (const [text, expected] of Object.entries(cases)) t.equal(rewritten(text), expected, text);
  t.end();
});

t.test('refuses, and says why', (t) => {
  const cases: Record<string, RegExp> = {
    '': /is empty/,
    'path_beg /x\n  http-request return status 200': /U\+000A/,
    'path_beg /x\r': /U\+000D/,
    'path_beg /\u0000': /U\+0000/,
    'path_beg /\u2028x': /U\+2028/,
    'path_beg /x\ty': /U\+0009/,
    'path -f /etc/hostname': /flag "-f"/,
    'path -M -f x': /flag "-M"/,
    'path -u 1 x': /flag "-u"/,
    'path -if /etc/hostname': /flag "-if"/,
    'path -m beg -f /etc/hostname': /flag "-f"/,
    'path -m nonsense x': /-m "nonsense"/,
    'path -m': /-m ""/,
    always_true: /cannot be used in a rule/,
    'lua.x -m found': /cannot be used in a rule/,
    'env(HOME) -m found': /cannot be used in a rule/,
    'var(txn.x) a': /cannot be used in a rule/,
    'nbsrv(other) gt 1': /cannot be used in a rule/,
    'constructor x': /cannot be used in a rule/,
    'path,map(/etc/passwd) x': /converter "map"/,
    'path,regsub(a,b) x': /converter "regsub"/,
    'path,field(1,#) x': /begins a comment/,
    'hdr(a"b) x': /not closed/,
    'hdr(a;b) x': /unusual characters/,
    'hdr() x': /needs a name/,
    'path(x) y': /takes nothing/,
    'path_beg /x # comment': /comment/,
    'path_beg /x } || { always_true': /"}" cannot be used/,
    'path_beg /x || path_beg': /"\|\|" cannot be used/,
    '! path_beg /x': /not a criterion/,
    'path "${HOME}"': /environment/,
    'path \\x41': /\\x is not allowed/,
    'path /a\\': /backslash at the end/,
    "path '/a": /not closed/,
    path_beg: /at least one pattern/,
    'ssl_fc yes': /takes no pattern/,
    'src everybody': /not an address/,
    'src 10.0.0.0/33': /not an address/,
    'src 10.1': /not an address/,
    'hdr_ip(x-forwarded-for) /8': /not an address/,
    [`path ${'x'.repeat(1100)}`]: /longer than 1024/,
    [`path ${'x '.repeat(50)}`]: /more than 40 patterns/,
    [`path ${"\\'".repeat(500)}`]: /of HAProxy's 2048/,
  };
  for (const [text, message] of Object.entries(cases))
    t.throws(() => parseAcl(text), { name: 'AclError', message }, encodeURI(text.slice(0, 60)));
  t.end();
});

t.test('whatever is written, the result is one safe line', (t) => {
  const word = fc.oneof(
    fc.constantFrom(
      'path_beg',
      'hdr(host)',
      '-i',
      '-f',
      '-m',
      'reg',
      '--',
      '{',
      '}',
      '||',
      "'",
      '"',
      '\\',
      '#',
      '$',
      '\n',
      ' ',
    ),
    fc.string({ unit: 'binary', maxLength: 8 }),
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 12 }), (words) => {
      let line: string;
      try {
        line = rewritten(words.join(' '));
      } catch (error) {
        return error instanceof AclError;
      }
      // Outside single quotes (and the quoted single quote) only what we write ourselves is left.
      const bare = line.replaceAll(`"'"`, '').replaceAll(/'[^']*'/g, '');
      return /^[A-Za-z0-9_.,()!$&*+^|~:;=/ -]*$/.test(bare) && Buffer.byteLength(line) <= 2_048;
    }),
  );
  t.end();
});

t.test('words are read back as they were quoted', (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 30 }), (text) => {
      let quoted: string;
      try {
        quoted = quoteWord(text);
      } catch (error) {
        return error instanceof AclError;
      }
      return splitWords(quoted)[0]?.text === text;
    }),
  );
  t.throws(() => quoteWord('x'.repeat(1025)), /longer than 1024/);
  t.end();
});

const hostile = sharedPath('golden/lb/hostile.json');
t.test('hostile ACLs', { skip: hostile === undefined && 'no ../shared/golden/lb here' }, (t) => {
  const cases = JSON.parse(readFileSync(hostile ?? '', 'utf8')) as { id: string; field: string; value: unknown }[];
  const acls = cases.filter((c) => c.field === 'acl');
  t.ok(acls.length > 0);
  for (const { id, value } of acls) t.throws(() => parseAcl(String(value)), { name: 'AclError' }, id);
  for (const { id, value } of cases.filter((c) => typeof c.value === 'string')) {
    for (const text of [`hdr(host) -i ${String(value)}`, `path_beg ${String(value)}`, String(value)]) {
      try {
        t.notMatch(rewritten(text), /[\n\r\0]| -f |\}\s*\|\|/, id);
      } catch (error) {
        t.ok(error instanceof AclError, id);
      }
    }
  }
  t.end();
});
