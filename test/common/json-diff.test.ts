import t from 'tap';
import { diffJson } from '../../src/common/json-diff.js';

t.test('differences of JSON by their paths', async (t) => {
  t.same(diffJson({ a: 1, b: [1, { c: 2 }] }, { a: 1, b: [1, { c: 2 }] }), []);
  t.same(diffJson({ a: 1, 'x/y~': { z: 1 } }, { a: 2, 'x/y~': {} }), [
    { path: '/a', from: 1, to: 2 },
    { path: '/x~1y~0/z', from: 1 },
  ]);
  t.same(diffJson({ list: [1, 2] }, { list: [1, 3, 4], more: null }), [
    { path: '/list/1', from: 2, to: 3 },
    { path: '/list/2', to: 4 },
    { path: '/more', to: null },
  ]);
  t.same(diffJson([1], { a: 1 }), [{ path: '', from: [1], to: { a: 1 } }]);
  t.same(diffJson({ toString: 1 }, {}), [{ path: '/toString', from: 1 }]);
});
