import t from 'tap';
import { formatLine } from '../../../src/lb/labels/template-fields.js';

const fields = { backend: 'web_10000', hostname: 'www.example.org' };

t.test('as Python formats', (t) => {
  t.equal(formatLine('backend {backend}', fields), 'backend web_10000');
  t.equal(formatLine('if {{ ssl_fc_sni {hostname} }}', fields), 'if { ssl_fc_sni www.example.org }');
  t.equal(formatLine('{{{backend}}}', fields), '{web_10000}');
  t.equal(formatLine('{{backend}}', fields), '{backend}');
  t.equal(formatLine('nothing', fields), 'nothing');
  t.equal(formatLine('{backend}', { backend: '$& {hostname}' }), '$& {hostname}', 'a value is not formatted again');
  t.end();
});

t.test('what is not known', (t) => {
  for (const line of [
    '{nope}',
    '{}',
    '{0}',
    '{backend.__class__.__mro__}',
    '{backend!r}',
    '{backend:>10}',
    '{constructor}',
    '{ backend }',
  ]) {
    t.throws(() => formatLine(line, fields), /is not known; known are backend, hostname/, line);
  }
  for (const line of ['backend {backend', 'backend}', '{a{b}'])
    t.throws(() => formatLine(line, fields), /has no other half|is not known/, line);
  t.end();
});
