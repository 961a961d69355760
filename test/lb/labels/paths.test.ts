import t from 'tap';
import { readPath, readPaths } from '../../../src/lb/labels/paths.js';
import { shown } from '../../../src/lb/labels/values.js';

t.test('a path', (t) => {
  t.equal(readPath('/shop'), '/shop');
  t.equal(readPath(' /shop/v1.2/ '), '/shop/v1.2');
  t.equal(readPath('/'), '/');
  t.equal(readPath('//'), '/');
  t.equal(readPath('/a~b!$&()*+,;=:@%20-_'), '/a~b!$&()*+,;=:@%20-_');
  for (const text of [
    '',
    'shop',
    '/a b',
    '/a?b=c',
    '/a#b',
    "/it's",
    '/a"',
    '/a\\',
    '/a{b}',
    '/ä',
    '/a\nb',
    '/a\u2028b',
  ]) {
    t.throws(() => readPath(text), /is not a path/, shown(text));
  }
  t.throws(() => readPath(`/${'a'.repeat(1024)}`), /longer than 1024/);
  t.end();
});

t.test('a list of paths', (t) => {
  t.same(readPaths('/img /css'), [
    { path: '/img', ignoreCase: false },
    { path: '/css', ignoreCase: false },
  ]);
  t.same(readPaths('-i /CaSe'), [{ path: '/CaSe', ignoreCase: true }]);
  t.same(readPaths(' /a  /a/ '), [{ path: '/a', ignoreCase: false }]);
  t.throws(() => readPaths('-m reg .*'), /the flag "-m" cannot be used/);
  t.throws(() => readPaths('-f /etc/hostname'), /the flag "-f" cannot be used/);
  t.throws(() => readPaths('/a -i'), /the flag "-i" cannot be used: known is -i, in front/);
  t.throws(() => readPaths('-i'), /names no path/);
  t.throws(() => readPaths('/x\n  http-request return status 299'), /is not a path/);
  const many = Array.from({ length: 101 }, (_, i) => `/p${i}`);
  t.throws(() => readPaths(many.join(' ')), /more than 100/);
  t.equal(readPaths(many.slice(1).join(' ')).length, 100);
  t.end();
});
