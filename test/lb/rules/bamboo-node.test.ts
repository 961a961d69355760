import t from 'tap';
import fc from 'fast-check';
import { formatNode, idOfNode, nodeNameOf, parseNode } from '../../../src/lb/rules/bamboo-node.js';

t.test("names are those of Go's url.QueryEscape", (t) => {
  const names: Record<string, string> = {
    '/group/app1': '%2Fgroup%2Fapp1',
    "a b!'()*~-_.+%é": 'a+b%21%27%28%29%2A~-_.%2B%25%C3%A9',
  };
  for (const [id, name] of Object.entries(names)) {
    t.equal(nodeNameOf(id), name);
    t.equal(idOfNode(name), id);
  }
  t.equal(idOfNode('%2fapp'), '/app');
  t.equal(idOfNode('%2'), undefined);
  t.equal(idOfNode('%ff'), undefined);
  fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (id) => idOfNode(nodeNameOf(id)) === id));
  t.end();
});

t.test('data of both forms', (t) => {
  t.equal(formatNode({ acl: 'path /' }), '{"version":"2","config":{"Acl":"path /"}}');
  t.same(parseNode('{"version":"2","config":{"Acl":"path /","X":"1"}}'), {
    acl: 'path /',
    config: { Acl: 'path /', X: '1' },
  });
  t.same(parseNode('{"VERSION":"2","Config":{"Acl":"path /"}}'), { acl: 'path /', config: { Acl: 'path /' } });
  t.same(parseNode('{"version":"2","config":null}'), { acl: '', config: {} });
  t.equal(Object.getPrototypeOf(parseNode('{"version":"2","config":{"__proto__":"x"}}').config), Object.prototype);
  for (const text of [
    'path_beg /',
    '',
    '{"version":"3","config":{}}',
    '{"version":2}',
    '{"version":"2","config":{"a":1}}',
    '[]',
    'null',
  ]) {
    t.same(parseNode(text), { acl: text }, text);
  }
  fc.assert(
    fc.property(fc.string(), fc.dictionary(fc.string(), fc.string()), (acl, config) => {
      const read = parseNode(formatNode({ acl, config }));
      return (
        read.acl === acl &&
        JSON.stringify(Object.entries(read.config ?? {})) === JSON.stringify(Object.entries({ ...config, Acl: acl }))
      );
    }),
  );
  t.end();
});
