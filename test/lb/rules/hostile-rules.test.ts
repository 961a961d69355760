import t from 'tap';
import type { Test } from 'tap';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '../../../src/common/logger.js';
import { checkAcl } from '../../../src/lb/apply/acl-check.js';
import { HaproxyProgram } from '../../../src/lb/apply/haproxy-program.js';
import { parseAcl, serializeAcl } from '../../../src/lb/rules/acl.js';
import { openRuleFile } from '../../../src/lb/rules/file-rule-store.js';
import { openZooKeeperRules } from '../../../src/lb/rules/zookeeper-rule-store.js';
import { parseZooKeeperAddress } from '../../../src/zookeeper/address.js';
import { startLbApi } from '../../support/lb-api.js';
import { sharedPath } from '../../support/shared.js';
import { waitFor } from '../../support/wait.js';
import { zooKeeperClient } from '../../support/zookeeper-client.js';
import { startZooKeeper, withoutZooKeeper } from '../../support/zookeeper.js';

t.setTimeout(120_000);

/** Ways to say more than a test of a request; those of ../shared besides, where it is there. */
const own = [
  'path_beg /x\n  http-request return status 299',
  'path_beg /x\r\n  use_backend y',
  'path -f /etc/passwd',
  'path,map(/etc/passwd) -m found',
  'env(HOME) -m found',
  'lua.x -m found',
  'always_true',
  'path_beg /x } || { always_true',
  'path "${HOME}"',
  'path \u2028/x',
  'path_beg \u0000',
  '',
];

function hostile(): string[] {
  const path = sharedPath('golden/lb/hostile.json');
  if (path === undefined) return own;
  const cases = JSON.parse(readFileSync(path, 'utf8')) as { value: unknown }[];
  return [...own, ...cases.flatMap(({ value }) => (typeof value === 'string' ? [value] : []))];
}

/** What would be rendered of a text is one line of one test, or nothing. */
function isHarmless(text: string): boolean {
  let line: string;
  try {
    line = serializeAcl(parseAcl(text));
  } catch (error) {
    return error instanceof Error && error.name === 'AclError';
  }
  const bare = line.replaceAll(`"'"`, '').replaceAll(/'[^']*'/g, '');
  return /^[A-Za-z0-9_.,()!$&*+^|~:;=/ -]*$/.test(bare) && !/(?:^| )-[fMu]\b/.test(bare);
}

async function directoryOf(t: Test): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'ekiden-hostile-'));
  t.teardown(() => rm(directory, { recursive: true }));
  return directory;
}

t.test('through the API', async (t) => {
  const { server, store } = await startLbApi(t);
  for (const text of hostile()) {
    const bodies = [
      { id: '/evil', acl: text },
      { id: '/evil', config: { Acl: text } },
      { id: '/evil', config: { Acl: 'path /evil', Servers: text, Priority: text, Port: text } },
      { id: text, acl: 'path /evil' },
      { id: '/evil', config: { Acl: `hdr(host) -i ${text}`, [text]: text } },
    ];
    for (const [index, body] of bodies.entries()) {
      const method = index % 2 === 0 ? 'POST' : 'PUT';
      const url = method === 'POST' ? '/api/services' : `/api/services/${encodeURIComponent(text.slice(0, 500))}`;
      const answer = await server.inject({ method, url, payload: JSON.stringify(body) });
      t.ok([200, 400, 422].includes(answer.statusCode), `${answer.statusCode} ${encodeURI(answer.body.slice(0, 80))}`);
    }
    const gone = await server.inject({
      method: 'DELETE',
      url: `/api/services/${encodeURIComponent(text.slice(0, 500))}`,
    });
    t.ok([200, 400, 404].includes(gone.statusCode), `DELETE ${gone.statusCode}`);
  }
  for (const [id, { acl }] of store.rules) {
    t.match(id, /^(?:\/[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)+$/);
    t.ok(isHarmless(acl), encodeURI(acl));
  }
  const fine = await server.inject({ method: 'POST', url: '/api/services', payload: '{"id":"/good","acl":"path /"}' });
  t.equal(fine.statusCode, 200, 'the next good one is taken');
});

t.test('in the file', async (t) => {
  const directory = await directoryOf(t);
  const path = join(directory, 'rules.json');
  const texts = hostile().filter((text) => Buffer.byteLength(text) < 16_000);
  const rules = texts.map((acl, i) => ({ id: `/evil-${i}`, config: { Acl: acl, [acl]: acl.slice(0, 100) } }));
  await writeFile(path, JSON.stringify({ rules: [...rules, { id: '/good', acl: 'path /' }] }));
  const store = await openRuleFile({
    path,
    lastGoodPath: `${path}.good`,
    logger: silentLogger,
    onChange: () => undefined,
  });
  t.teardown(() => store.close());
  t.ok(store.rules.has('/good') || store.problem !== undefined);
  for (const { acl } of store.rules.values()) t.ok(isHarmless(acl), encodeURI(acl));
});

t.test('in ZooKeeper', { skip: withoutZooKeeper() }, async (t) => {
  const directory = await directoryOf(t);
  const { hosts } = await startZooKeeper(t);
  const admin = zooKeeperClient(t, hosts);
  const store = await openZooKeeperRules({
    address: parseZooKeeperAddress(`zk://${hosts}/rules`),
    keptPath: join(directory, 'kept.json'),
    logger: silentLogger,
    onChange: () => undefined,
  });
  t.teardown(() => store.close());
  for (const [i, text] of hostile().entries()) {
    await admin.create(`/rules/%2Fevil-${i}`, Buffer.from(text));
    await admin.create(
      `/rules/%2Fv2-${i}`,
      Buffer.from(JSON.stringify({ version: '2', config: { Acl: text, X: text } })),
    );
    await admin.create(
      `/rules/${encodeURIComponent(`/${i} ${text}`).slice(0, 200).replace(/%.?$/, '')}`,
      Buffer.from('path /'),
    );
  }
  await admin.create('/rules/%2Fgood', Buffer.from('path /'));
  await waitFor('the last one', () => store.rules.has('/good'));
  t.equal(store.problem, undefined);
  for (const { id, acl } of store.rules.values()) {
    t.match(id, /^(?:\/[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)+$/);
    t.ok(isHarmless(acl), encodeURI(acl));
  }
});

const haproxy = spawnSync('haproxy', ['-v']);
t.test(
  'HAProxy takes what the grammar lets through',
  { skip: haproxy.error === undefined ? false : 'there is no haproxy here (apt-get install haproxy)' },
  async (t) => {
    const directory = await directoryOf(t);
    const program = new HaproxyProgram('haproxy');
    const texts = [
      'hdr(host) -i a.local b.local',
      'hdr(X-Custom) -i x',
      'hdr(X-Custom,1) x',
      'hdr_reg(host) -i ^www[0-9]+\\.example\\.com$',
      'hdr_sub(User-Agent) -i bot',
      'hdr_beg(host) -i api.',
      'hdr_end(host) -i .example.com',
      'hdr_dom(host) -i example',
      'hdr_len(host) gt 10',
      'hdr_cnt(cookie) ge 1',
      'hdr_val(content-length) 1:100',
      'hdr_ip(x-forwarded-for) 10.0.0.0/8',
      'path_beg -i /users',
      'path_reg ^/v[0-9]{1,2}/',
      'path_end .php',
      'path_sub /x/',
      'path_dir static',
      'path_len lt 100',
      'url_beg /a?b=',
      'url_reg .*',
      'url_sub x',
      'url_param(debug) -m found',
      'urlp(a) -m beg x',
      'urlp_reg(a) ^x',
      'cook(SESSION) -m found',
      'cook_beg(SESSION) x',
      'base_beg example.com/api',
      'base_reg ^example',
      'query -m sub debug=1',
      'method GET POST',
      'src 10.0.0.0/8 2001:db8::/32',
      'dst_port 80 8080',
      'src_port 1024:65535',
      'ssl_fc',
      'ssl_fc_sni -i example.com',
      'req.ver 1.1',
      'req.hdr(host),lower,field(1,:) -m beg api.',
      'path,url_dec -m beg /ä',
      'path,lower,length gt 3',
    ];
    for (const text of texts) {
      const problem = await checkAcl(program, directory, serializeAcl(parseAcl(text)));
      t.equal(problem, undefined, text);
    }
    t.match(await checkAcl(program, directory, serializeAcl(parseAcl('path_reg ('))), /./, 'and says why not');
  },
);
