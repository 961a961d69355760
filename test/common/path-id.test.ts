import t from 'tap';
import { hasValidSegments, hostnameFormOf, parentOf, resolvePathId, safePathOf } from '../../src/common/path-id.js';

t.test('resolves relative ids', async (t) => {
  t.equal(resolvePathId('a'), '/a');
  t.equal(resolvePathId('//a/b/'), '/a/b');
  t.equal(resolvePathId('../db', '/product/service'), '/product/db');
  t.equal(resolvePathId('../../../x', '/a'), '/x');
  t.equal(resolvePathId('./x', '/a'), '/a/x');
  t.equal(resolvePathId(''), '/');
});

t.test('derived forms', async (t) => {
  t.equal(safePathOf('/prod/db/mysql'), 'prod_db_mysql');
  t.equal(hostnameFormOf('/prod/db/mysql'), 'mysql.db.prod');
  t.equal(parentOf('/prod/db'), '/prod');
  t.equal(parentOf('/prod'), '/');
  t.equal(parentOf('/'), '/');
});

t.test('legal segments', async (t) => {
  for (const id of ['/a', '/a-b/c1', 'a.b', '/org.example.app', '..', '/../a', '/0']) t.ok(hasValidSegments(id), id);
  for (const id of ['/A', '/a_b', '/-a', '/a-', '/a..b', '/a b', '/.a', '/ä', '/a\n'])
    t.notOk(hasValidSegments(id), JSON.stringify(id));
});

t.test('a hostile id costs no time to refuse', async (t) => {
  t.notOk(hasValidSegments(`${'a-'.repeat(20_000)}!`));
  t.notOk(hasValidSegments(`${'a.'.repeat(20_000)}!`));
});
