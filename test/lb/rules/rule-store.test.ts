import t from 'tap';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { silentLogger } from '../../../src/common/logger.js';
import { openRuleFile } from '../../../src/lb/rules/file-rule-store.js';
import type { RuleStore } from '../../../src/lb/rules/rule-store.js';
import { formatRulesFile, parseRulesFile } from '../../../src/lb/rules/rules-file.js';
import { readRuleId } from '../../../src/lb/rules/rule.js';
import { waitFor } from '../../support/wait.js';

t.test('the file', (t) => {
  const rules = [
    { id: '/a', acl: 'path_beg /a' },
    { id: '/b/c', acl: 'x"y\\' },
  ];
  t.same(parseRulesFile(formatRulesFile(rules)), rules);
  t.same(parseRulesFile(formatRulesFile([])), []);
  const bad: Record<string, RegExp> = {
    'no json': /not JSON/,
    '[]': /not of the shape/,
    '{"rules":{}}': /not of the shape/,
    '{"rules":[1]}': /rules\[0\] is not an object/,
    '{"rules":[{"id":1}]}': /rules\[0\]\.id/,
    '{"rules":[{"id":"/a"}]}': /rules\[0\]\.acl/,
    '{"rules":[{"id":"/A B","acl":""}]}': /rules\[0\]\.id.*is not the id/,
    '{"rules":[{"id":"/a","acl":""},{"id":"a","acl":""}]}': /rules\[1\].*already/,
  };
  for (const [text, message] of Object.entries(bad))
    t.throws(() => parseRulesFile(text), { name: 'RuleError', message });
  t.end();
});

t.test('ids', (t) => {
  t.equal(readRuleId('a/b'), '/a/b');
  t.equal(readRuleId('//a/b/'), '/a/b');
  t.throws(() => readRuleId(''), /can not use empty ID/);
  t.throws(() => readRuleId('/evil\n  x'), /is not the id/);
  t.throws(() => readRuleId(`/${'a'.repeat(300)}`), /is not the id/);
  t.end();
});

t.test('the store', async (t) => {
  const directory = t.testdir();
  const path = join(directory, 'rules.json');
  const lastGoodPath = join(directory, 'good.json');
  let changes = 0;
  const open = async (): Promise<RuleStore> => {
    const store = await openRuleFile({ path, lastGoodPath, logger: silentLogger, onChange: () => (changes += 1) });
    t.teardown(() => store.close());
    return store;
  };
  const store = await open();
  t.match(readFileSync(path, 'utf8'), /"rules": \[\]/, 'an empty file is made');
  await store.put({ id: '/b', acl: 'path_beg /b' });
  await store.put({ id: '/a', acl: 'path_beg /a' });
  await store.put({ id: '/b', acl: 'path_beg /bb' });
  t.equal(changes, 3);
  t.same([...store.rules.keys()], ['/b', '/a'], 'in the order in which they came');
  t.same(parseRulesFile(readFileSync(path, 'utf8')), [...store.rules.values()], 'on disk before the reply');
  t.equal(await store.remove('/x'), false);
  t.equal(await store.remove('/a'), true);

  writeFileSync(path, formatRulesFile([{ id: '/hand', acl: 'path /' }]));
  await waitFor('the edit', () => store.rules.has('/hand'));
  t.same([...store.rules.keys()], ['/hand']);

  writeFileSync(path, '{');
  await waitFor('the problem', () => store.problem !== undefined);
  t.ok(store.rules.has('/hand'));
  await t.rejects(store.put({ id: '/z', acl: '' }), { name: 'RuleConflictError', message: /repair it first/ });
  t.equal(readFileSync(path, 'utf8'), '{', 'what the person wrote is not overwritten');

  const second = await open();
  t.ok(second.rules.has('/hand'), 'a restart knows the last good rules');
  t.match(second.problem, /not JSON/);
  await second.close();

  rmSync(path);
  await waitFor('the loss', () => store.problem === 'the file is gone');
  t.ok(store.rules.has('/hand'));
  writeFileSync(path, formatRulesFile([{ id: '/back', acl: 'path /' }]));
  await waitFor('its return', () => store.problem === undefined && store.rules.has('/back'));

  const edited = formatRulesFile([{ id: '/unseen', acl: 'path /' }]);
  writeFileSync(path, edited);
  await store.put({ id: '/new', acl: 'path /n' });
  t.same([...store.rules.keys()], ['/unseen', '/new'], 'an edit just made is not lost');

  await store.close();
  writeFileSync(path, '{');
  writeFileSync(lastGoodPath, '{');
  const third = await open();
  t.equal(third.rules.size, 0);
  t.match(third.problem, /not JSON/);
});

t.test('a file that is gone when the edge starts takes no rule away', async (t) => {
  const directory = t.testdir();
  const files = { path: join(directory, 'rules.json'), lastGoodPath: join(directory, 'good.json') };
  const options = { ...files, logger: silentLogger, onChange: () => undefined };
  const first = await openRuleFile(options);
  await first.put({ id: '/a', acl: 'path_beg /a' });
  await first.close();
  rmSync(files.path);
  const store = await openRuleFile(options);
  t.ok(store.rules.has('/a'));
  t.equal(store.problem, 'the file is gone');
  await t.rejects(store.put({ id: '/b', acl: '' }), { name: 'RuleConflictError' });
  writeFileSync(files.path, formatRulesFile([]));
  await waitFor('what somebody has put there', () => store.problem === undefined);
  t.equal(store.rules.size, 0);
  await store.close();
});

t.test("both of Bamboo's forms in the file", (t) => {
  const text = JSON.stringify({
    rules: [
      { id: '/a', acl: 'path /a' },
      { id: '/b', config: { Acl: 'path /b', Priority: '1' } },
      { id: '/c', acl: 'path /c', config: { Acl: 'path /x' } },
    ],
  });
  const rules = parseRulesFile(text);
  t.same(rules, [
    { id: '/a', acl: 'path /a' },
    { id: '/b', acl: 'path /b', config: { Acl: 'path /b', Priority: '1' } },
    { id: '/c', acl: 'path /c', config: { Acl: 'path /c' } },
  ]);
  t.same(parseRulesFile(formatRulesFile(rules)), rules);
  for (const [entry, message] of [
    ['{"id":"/a","config":{"Acl":1}}', /rules\[0\]\.config\.Acl is not a text/],
    ['{"id":"/a","config":{}}', /rules\[0\]\.config\.Acl is not a text/],
    ['{"id":"/a","config":[]}', /rules\[0\]\.config is not an object/],
  ] as const) {
    t.throws(() => parseRulesFile(`{"rules":[${entry}]}`), { name: 'RuleError', message });
  }
  t.end();
});
