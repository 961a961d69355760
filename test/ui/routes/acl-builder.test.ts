import t from 'tap';
import { parseAcl } from '../../../src/lb/rules/acl.js';
import { aclKinds, buildAcl, patternText, refusedPart } from '../../../src/ui/pages/routes/acl-builder.js';
import type { AclParts } from '../../../src/ui/pages/routes/acl-builder.js';

const parts = (given: Partial<AclParts>): AclParts => ({ kind: 'host', name: '', values: '', path: '', ...given });

t.test('tests are written as the load balancer reads them', (t) => {
  const expected: readonly (readonly [Partial<AclParts>, string])[] = [
    [{ values: 'ghost.local' }, 'hdr(host) -i ghost.local'],
    [{ values: 'a.example, b.example' }, 'hdr(host) -i a.example b.example'],
    [{ values: '*.example.com' }, 'hdr_end(host) -i .example.com'],
    [{ values: 'a.b *.c.d' }, 'hdr_reg(host) -i ^a\\.b$ ^.+\\.c\\.d$'],
    [{ kind: 'pathBegins', values: '/api /v2' }, 'path_beg /api /v2'],
    [{ kind: 'path', values: '/login' }, 'path /login'],
    [{ kind: 'hostAndPath', values: 'a.b', path: '/cart' }, 'base_reg -i ^a\\.b(:[0-9]+)?/cart'],
    [{ kind: 'hostAndPath', values: 'a.b *.c', path: '/x.y' }, 'base_reg -i ^(a\\.b|.+\\.c)(:[0-9]+)?/x\\.y'],
    [{ kind: 'header', name: 'X-Version', values: '2' }, 'hdr(X-Version) 2'],
    [{ kind: 'header', name: 'X-Version', values: '-i' }, 'hdr(X-Version) -- -i'],
    [{ kind: 'header', name: 'X-Beta' }, 'hdr(X-Beta) -m found'],
    [{ kind: 'cookie', name: 'beta', values: 'yes' }, 'cook(beta) yes'],
    [{ kind: 'parameter', name: 'v', values: "it's" }, `url_param(v) 'it'"'"'s'`],
    [{ kind: 'method', values: 'post, put' }, 'method POST PUT'],
    [{ kind: 'source', values: '10.0.0.0/8' }, 'src 10.0.0.0/8'],
  ];
  for (const [given, text] of expected) {
    t.equal(buildAcl(parts(given)).text, text);
    t.doesNotThrow(() => parseAcl(text), `${text} is understood`);
  }
  t.same(parseAcl(`url_param(v) ${patternText('it\'s # $x \\ "y"')}`).patterns, ['it\'s # $x \\ "y"']);
  t.end();
});

t.test('what is missing is said', (t) => {
  for (const kind of aclKinds) t.ok(buildAcl(parts({ kind })).problem, `${kind} without anything`);
  t.match(buildAcl(parts({ values: 'a b/c' })).problem, 'b/c is not the name of a host');
  t.ok(buildAcl(parts({ kind: 'hostAndPath', values: 'a.b', path: 'cart' })).problem);
  t.ok(buildAcl(parts({ kind: 'pathBegins', values: '/a b' })).problem);
  t.ok(buildAcl(parts({ kind: 'header', name: 'a b', values: 'x' })).problem);
  t.end();
});

t.test('what a refusal is about is found in the text', (t) => {
  t.same(refusedPart('hdrs(host) -i x', 'the ACL: "hdrs" cannot be used in a rule'), { from: 0, to: 4 });
  t.same(refusedPart('path -m nope /x', 'the ACL: -m "nope": known are found, bool'), { from: 8, to: 12 });
  t.equal(refusedPart('path', 'the ACL: is empty'), undefined);
  t.equal(refusedPart('path', 'known are "x"'), undefined);
  t.end();
});
