import t from 'tap';
import type { Test } from 'tap';
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { request as send } from 'node:http';
import { join } from 'node:path';
import { readHeaders } from '../../../src/lb/explain/asked-request.js';
import type { AskedRequest } from '../../../src/lb/explain/asked-request.js';
import { testAcl } from '../../../src/lb/explain/test-acl.js';
import { parseAcl, serializeAcl } from '../../../src/lb/rules/acl.js';
import { withoutHaproxy } from '../../support/haproxy.js';
import { freePort } from '../../support/ports.js';
import { waitFor } from '../../support/wait.js';

const criteria: readonly string[] = [
  'hdr(host) -i shop.example.com',
  'hdr(host) shop.example.com:8080',
  'hdr_beg(host) -i shop',
  'hdr_end(host) -i .example.com',
  'hdr_dom(host) -i example',
  'hdr_dom(host) example.com',
  'hdr_dom(host) -i com.',
  'hdr_sub(host) -i ple.c',
  'hdr_len(host) 16',
  'hdr_len(host) 3:20',
  'hdr_reg(host) -i ^SHOP\\.[a-z]+',
  'hdr_reg(host) ^(?!shop)',
  'hdr(host) -m found',
  'req.hdr(host),lower -m beg shop',
  'req.hdr(host),host_only,length ge 5',
  'req.hdr(host),port_only 8080',
  'req.hdr(host),field(2,.) -i example',
  'req.hdr(host),field(-1,.) -m beg com',
  'req.hdr(host),word(2,.),upper EXAMPLE',
  'path /',
  'path /shop /cart',
  'path -i /SHOP',
  'path_beg /shop',
  'path_beg -i /SHOP /v2',
  'path_end .php',
  'path_dir shop',
  'path_dir shop/v1',
  'path_dir -i /SHOP/',
  'path_dom v1',
  'path_sub op/v',
  'path_len gt 6',
  'path_len lt 3 8',
  'path_reg ^/v[0-9]{1,2}(/|$)',
  'path_reg -i /SHOP',
  'path_reg [[:digit:]]$',
  'path,url_dec -m beg "/ä b"',
  'path,length 5:',
  'path_beg /ä',
  'base_beg shop.example.com/shop',
  'base_dir v1',
  'url_beg /shop?a',
  'url /shop?a=1',
  'query -m sub debug',
  'query -m found',
  'url_param(a) 1',
  'url_param(a) -m found',
  'urlp(b) -m beg x',
  'urlp_end(b) z',
  'method GET',
  'method -i get',
  'method -i purge',
  'method PURGE POST',
  'method -m beg P',
  'hdr(x-version) 2',
  'hdr(x-version) -m int 2:3',
  'hdr_val(x-version) gt 1',
  'hdr_val(x-version) le 2',
  'req.hdr_val(x-version,-1) 3',
  'hdr_cnt(x-version) ge 2',
  'hdr_cnt(x-version) 0',
  'req.hdr_cnt(x-list) 3',
  'hdr(x-list,1) a',
  'hdr(x-list,-1) c',
  'hdr(x-list) b',
  'hdr(x-list) -m len 0',
  'hdr(x-list) "b,c"',
  'req.fhdr(x-list) -m sub "a, b"',
  'req.fhdr(x-list) -m end c',
  'hdr_ip(x-forwarded-for) 10.0.0.0/8',
  'hdr_ip(x-forwarded-for,-1) 192.168.1.1',
  'hdr(x-forwarded-for) -m ip 10.0.0.0/8 2001:db8::/32',
  'cook(session) -m found',
  'cook(session) abc',
  'cook_beg(session) ab',
  'req.cook(other) "x y"',
  'src 127.0.0.0/8',
  'src 10.0.0.0/8',
  'ssl_fc',
  'ssl_fc_sni -m found',
  'dst_port gt 0',
  'hdr(x-empty) -m found',
  'hdr_len(x-empty) 0',
];

interface Call {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [string, string])[];
}

const headerSets: readonly (readonly (readonly [string, string])[])[] = [
  [],
  [['Host', 'shop.example.com']],
  [['Host', 'SHOP.example.com:8080']],
  [['Host', 'other.example.org']],
  [
    ['Host', 'example'],
    ['X-Version', '2'],
    ['X-List', 'a, b,c'],
    ['Cookie', 'session=abc; other="x y"'],
  ],
  [
    ['Host', 'x.com'],
    ['X-Version', '1, 3'],
    ['X-List', 'a,, "b,c"'],
    ['X-Forwarded-For', '10.1.2.3, 192.168.1.1'],
  ],
  [
    ['Host', 'shop.example.com.'],
    ['X-List', 'a'],
    ['X-List', 'b , c'],
    ['X-Version', 'two'],
    ['X-Forwarded-For', 'unknown, 2001:db8::1'],
    ['Cookie', 'a=b; SESSION=abc'],
    ['X-Empty', ''],
  ],
];
const targets = [
  '/',
  '/shop',
  '/SHOP/',
  '/shop/v1/a.php',
  '/shops?debug',
  '/shop?a=1&b=xyz',
  '/v12/?b=&a=2',
  '/v1?a=1;b=xz&a=3',
  '/%C3%A4%20b',
  '/a//shop',
  '/shop?',
];
const methods = ['GET', 'POST', 'PURGE'];

function calls(): Call[] {
  const all: Call[] = [];
  let i = 0;
  for (const headers of headerSets) {
    for (const target of targets) {
      all.push({ method: methods[i++ % methods.length] ?? 'GET', target, headers });
    }
  }
  return all;
}

/** The criteria that HAProxy finds to fit, by their index. */
function ask(port: number, { method, target, headers }: Call): Promise<ReadonlySet<number>> {
  return new Promise((resolve, reject) => {
    const call = send(
      { host: '127.0.0.1', port, method, path: target, setHost: false, agent: false, headers: headers.flat() },
      (response) => {
        response.resume();
        const fitting = String(response.headers['x-fitting'] ?? '').split(',');
        resolve(new Set(fitting.filter((one) => one !== '').map(Number)));
      },
    );
    call.on('error', reject);
    call.end();
  });
}

async function startHaproxy(t: Test, port: number): Promise<void> {
  const file = join(t.testdir(), 'haproxy.cfg');
  const lines = [
    'defaults',
    '  mode http',
    '  timeout connect 5s',
    '  timeout client 5s',
    '  timeout server 5s',
    'frontend test',
    `  bind 127.0.0.1:${port}`,
    ...criteria.flatMap((one, i) => [
      `  acl a${i} ${serializeAcl(parseAcl(one))}`,
      `  http-request set-var-fmt(txn.fitting) "%[var(txn.fitting)],${i}" if a${i}`,
    ]),
    '  http-request return status 200 hdr X-Fitting "%[var(txn.fitting)]"',
    '',
  ];
  writeFileSync(file, lines.join('\n'));
  const haproxy = spawn('haproxy', ['-db', '-f', file], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  haproxy.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  t.teardown(() => haproxy.kill('SIGKILL'));
  const first = calls()[0] as Call;
  await waitFor('HAProxy', () => {
    if (haproxy.exitCode !== null) throw new Error(said);
    return ask(port, first).then(
      () => true,
      () => false,
    );
  });
}

t.test('what a criterion says of a request is what HAProxy finds', { skip: withoutHaproxy() }, async (t) => {
  const port = await freePort();
  await startHaproxy(t, port);
  let decided = 0;
  let open = 0;
  for (const call of calls()) {
    const [path = '', query = null] = call.target.split('?');
    const request: AskedRequest = {
      host: call.headers.find(([name]) => name === 'Host')?.[1] ?? null,
      path,
      query,
      method: call.method,
      headers: readHeaders(
        call.headers.filter(([name]) => name !== 'Host').map(([name, value]) => `${name}: ${value}`),
      ),
      port,
      isSecure: false,
      sni: null,
      source: '127.0.0.1',
    };
    const fitting = await ask(port, call);
    for (const [i, one] of criteria.entries()) {
      const verdict = testAcl(parseAcl(one), request);
      if (typeof verdict === 'boolean') decided += 1;
      else open += 1;
      if (typeof verdict === 'boolean' && verdict !== fitting.has(i)) {
        t.fail(`${one}: HAProxy says ${fitting.has(i)}, we ${verdict}`, { call });
      }
    }
  }
  t.ok(decided > 10 * open, `${decided} decided, ${open} not`);
});
