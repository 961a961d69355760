import t from 'tap';
import type { Test } from 'tap';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '../../../src/common/logger.js';
import { openRuleFile } from '../../../src/lb/rules/file-rule-store.js';
import { RuleHistory } from '../../../src/lb/rules/rule-history.js';
import type { RuleStore } from '../../../src/lb/rules/rule-store.js';
import { formatRulesFile } from '../../../src/lb/rules/rules-file.js';
import { waitFor } from '../../support/wait.js';

interface Home {
  readonly file: string;
  readonly kept: string;
  readonly open: () => Promise<{ store: RuleStore; history: RuleHistory; close: () => Promise<void> }>;
}

async function homeOf(t: Test): Promise<Home> {
  const directory = await mkdtemp(join(tmpdir(), 'ekiden-history-'));
  const file = join(directory, 'rules.json');
  const kept = join(directory, 'history.json');
  const open: Home['open'] = async () => {
    const late: { history?: RuleHistory } = {};
    const store = await openRuleFile({
      path: file,
      lastGoodPath: join(directory, 'good.json'),
      logger: silentLogger,
      onChange: () => late.history?.look(),
    });
    const now = (): number => Date.UTC(2026, 0, 2);
    const history = (late.history = await RuleHistory.open({ store, path: kept, logger: silentLogger, now }));
    const close = async (): Promise<void> => {
      await store.close();
      await history.close();
    };
    return { store, history, close };
  };
  t.teardown(() => rm(directory, { recursive: true }));
  return { file, kept, open };
}

const a = { id: '/a', acl: 'path_beg /a' };
const b = { id: '/a', acl: 'path_beg /b', config: { Acl: 'path_beg /b', Priority: '2' } };

t.test('who changed what', async (t) => {
  const { file, open } = await homeOf(t);
  const { store, history, close } = await open();
  t.same(history.changes, []);
  await history.of({ id: '/a', after: a, by: 'ann' }, () => store.put(a));
  await history.of({ id: '/a', after: b, by: '10.0.0.9' }, () => store.put(b));
  await history.of({ id: '/a', after: b, by: 'ann' }, () => store.put(b));
  await writeFile(file, formatRulesFile([b, { id: '/hand', acl: 'path /' }]));
  await waitFor('the edit', () => history.changes.length === 3);
  await history.of({ id: '/a', after: undefined, by: 'ann', reverts: 1 }, () => store.remove('/a'));
  const at = '2026-01-02T00:00:00.000Z';
  t.same(history.changes, [
    { n: 4, at, id: '/a', before: b.config, after: null, by: 'ann', reverts: 1 },
    { n: 3, at, id: '/hand', before: null, after: { Acl: 'path /' }, by: 'file' },
    { n: 2, at, id: '/a', before: { Acl: 'path_beg /a' }, after: b.config, by: '10.0.0.9' },
    { n: 1, at, id: '/a', before: null, after: { Acl: 'path_beg /a' }, by: 'ann' },
  ]);
  t.equal(history.find(2)?.by, '10.0.0.9');
  t.equal(history.find(9), undefined);
  await close();

  await writeFile(file, formatRulesFile([{ id: '/hand', acl: 'path /changed' }]));
  const again = await open();
  t.match(
    again.history.changes[0],
    { n: 5, id: '/hand', after: { Acl: 'path /changed' }, by: 'file' },
    'while it was away',
  );
  t.equal(again.history.changes.length, 5);
  await again.close();
});

t.test('what fails is not noted, and nobody is blamed for what others do', async (t) => {
  const { file, open } = await homeOf(t);
  const { store, history, close } = await open();
  await t.rejects(history.of({ id: '/a', after: a, by: 'ann' }, () => store.put(a, b)));
  t.same(history.changes, []);
  await history.of({ id: '/a', after: a, by: 'ann' }, async () => {
    await writeFile(file, formatRulesFile([b]));
    await waitFor('the edit', () => store.rules.has('/a'));
  });
  t.match(history.changes, [{ id: '/a', by: 'file' }]);
  await close();
});

t.test('it is bounded, and a broken file begins anew', async (t) => {
  const { file, kept, open } = await homeOf(t);
  const first = await open();
  const rules = Array.from({ length: 700 }, (_, i) => ({ id: `/app-${i}`, acl: 'path /' }));
  await writeFile(file, formatRulesFile(rules));
  await waitFor('the edit', () => first.history.changes.length > 0);
  t.equal(first.history.changes.length, 500);
  t.equal(first.history.changes[0]?.n, 700);
  await first.close();
  t.equal((JSON.parse(await readFile(kept, 'utf8')) as unknown[]).length, 500);
  await writeFile(kept, '[{"n":1}]');
  const second = await open();
  t.same(second.history.changes, []);
  await second.close();
});
