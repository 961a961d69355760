import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { packageRoot } from '../../../src/common/package-root.js';
import { parseAcl } from '../../../src/scheduler/api/access/parse-acl.js';
import { noteLogger, loadWritten } from './write-plugins.js';

/** The blocks of a language in a page. */
function blocks(page: string, language: string): readonly string[] {
  const text = readFileSync(join(packageRoot(), 'docs', page), 'utf8');
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'gms'))].map(([, block]) => block ?? '');
}

t.test('the plugins of the guide do what it says', async (t) => {
  const module = (name: string): string => {
    const found = blocks('plugins.md', 'js').find((block) => block.startsWith(`// ${name}.mjs`));
    if (found === undefined) throw new Error(`no ${name} in the guide`);
    return found;
  };
  const { logger } = noteLogger();
  const plugins = await loadWritten(
    t,
    {
      tokens: {
        plugin: 'Authenticator',
        module: module('tokens'),
        configuration: { tokens: { t: 'alice' } },
      },
      memory: { plugin: 'RunSpecValidator', module: module('max-memory'), configuration: { maxMem: 64 } },
      team: { plugin: 'RunSpecTaskProcessor', module: module('team-token'), configuration: { tokens: { a: 'x' } } },
      hello: { plugin: 'HttpRequestHandler', module: module('hello') },
    },
    { logger },
  );
  const request = { method: 'GET', path: '/x', query: {}, headers: {}, remoteAddress: '', body: undefined };
  const who = (authorization: string): unknown =>
    plugins.authenticator?.plugin.authenticate({ ...request, headers: { authorization } });
  t.same(who('Bearer t'), { name: 'alice', groups: ['developers'] });
  t.equal(who('Bearer toString'), undefined);
  t.same(plugins.validators[0]?.plugin.validate({ mem: 65 }, 'app'), [
    { path: '/mem', errors: ['at most 64 MiB, not 65'] },
  ]);
  t.same(plugins.validators[0]?.plugin.validate({ mem: 64 }, 'app'), []);
  const task = {
    taskId: 't',
    name: 'n',
    agentId: 'S1',
    command: { shell: true, value: 'x' },
    env: { A: '1' },
    labels: {},
    fetch: [],
    user: undefined,
  } as const;
  t.same(plugins.processors[0]?.plugin.taskInfo({ labels: { team: 'a' } }, task, 'app'), {
    env: { A: '1', TEAM_TOKEN: 'x' },
  });
  t.ok(plugins.requestHandlers.has('hello'));
});

t.test('the ACL file of the guide is one', async (t) => {
  const [block = ''] = blocks('access-control.md', 'json');
  const hash = `scrypt:15:8:1:${'a'.repeat(22)}:${'b'.repeat(43)}`;
  const { users, rules, warnings } = parseAcl(block.replaceAll('scrypt:15:8:1:…:…', hash), { usersElsewhere: false });
  t.same([...users.keys()], ['alice', 'deploy-bot', 'lb']);
  t.equal(rules.length, 5);
  t.same(warnings, []);
});
