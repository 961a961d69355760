import t from 'tap';
import { likelyNames, nameFilter, usualName } from '../../../../src/ui/pages/app/endpoints/app-names.js';
import { urlHost } from '../../../../src/ui/components/web-url.js';
import { digCommand, edgeAddress } from '../../../../src/ui/pages/app/endpoints/edge-address.js';
import { propagationGrid } from '../../../../src/ui/pages/app/endpoints/propagation-grid.js';
import { curlCommand, targetOf, targetUrl } from '../../../../src/ui/pages/app/endpoints/route-url.js';
import { servicePortsOf } from '../../../../src/ui/pages/app/endpoints/service-ports.js';

t.test('names that may be of an app, the plainest first', (t) => {
  const names = [
    '_http._web-prod._tcp.marathon.mesos',
    '_web-prod._tcp.marathon.mesos',
    'web-prod-ek1d6-s0.marathon.mesos',
    'web-prod.marathon.mesos',
    'web-prod.marathon.slave.mesos',
    'web-test.marathon.mesos',
    'web.prod.marathon.mesos',
  ];
  t.same(likelyNames(names, '/prod/web', 10), [
    'web-prod.marathon.mesos',
    'web.prod.marathon.mesos',
    '_web-prod._tcp.marathon.mesos',
    '_http._web-prod._tcp.marathon.mesos',
  ]);
  t.same(likelyNames(names, '/prod/web', 1), ['web-prod.marathon.mesos']);
  t.equal(nameFilter('/prod/my-Long_service.v2'), 'service');
  t.equal(usualName('/prod/Web', 'Marathon', 'mesos'), 'web-prod.marathon.mesos');
  t.end();
});

t.test('where an edge serves', (t) => {
  t.same(edgeAddress('vm:8053', 'http://127.0.0.1:8123'), { host: '127.0.0.1', port: 8053 });
  t.same(edgeAddress('dns.example.com:53', undefined), { host: 'dns.example.com', port: 53 });
  t.same(edgeAddress('[2001:db8::1]:80', 'http://[2001:db8::2]:8000'), { host: '2001:db8::2', port: 80 });
  t.same(edgeAddress('vm', 'no url'), { host: 'vm', port: undefined });
  t.equal(digCommand({ host: '10.0.0.1', port: 53 }, 'web.mesos', 'A'), 'dig @10.0.0.1 web.mesos');
  t.equal(
    digCommand({ host: '10.0.0.1', port: 8053 }, '_web._tcp.mesos', 'SRV'),
    'dig @10.0.0.1 -p 8053 _web._tcp.mesos SRV',
  );
  t.equal(urlHost('2001:db8::2'), '[2001:db8::2]');
  t.end();
});

t.test('what a route takes, out of its condition', (t) => {
  t.same(targetOf('host shop.example.com'), { host: 'shop.example.com', path: '/' });
  t.same(targetOf('host shop.example.com, path below /cart (in any case)'), {
    host: 'shop.example.com',
    path: '/cart',
  });
  for (const condition of ['', 'any request', 'path below /cart', 'host *.example.com', 'host a, hdr(x) -m found']) {
    t.equal(targetOf(condition), undefined, condition);
  }
  const target = { host: 'web.local', path: '/a' };
  t.equal(targetUrl(target, 8880), 'http://web.local:8880/a');
  t.equal(targetUrl(target, 80), 'http://web.local/a');
  t.equal(curlCommand(target, '127.0.0.1', 8880), "curl -H 'Host: web.local' http://127.0.0.1:8880/a");
  t.end();
});

t.test('service ports, of definitions with and without a container', (t) => {
  t.same(servicePortsOf({ app: { portDefinitions: [{ port: 10000, name: 'http' }, { port: 0 }] } }), [
    { port: 10000, index: 0, name: 'http', protocol: 'tcp' },
  ]);
  const container = { portMappings: [{ servicePort: 0 }, { servicePort: 10001, protocol: 'udp' }] };
  t.same(servicePortsOf({ app: { portDefinitions: [{ port: 1 }], container } }), [
    { port: 10001, index: 1, name: undefined, protocol: 'udp' },
  ]);
  t.same(servicePortsOf({ app: { container: null } }), []);
  t.end();
});

t.test('changes against edges', (t) => {
  const grid = propagationGrid({
    now: '',
    draining: [],
    edges: [
      { edge: 'a:80', role: 'lb', live: true },
      { edge: 'a:53', role: 'dns', live: true },
    ],
    changes: [
      {
        seq: 9,
        publishedAt: 'x',
        apps: ['/web'],
        reached: [{ edge: 'a:53', role: 'dns', ms: 4 }],
        missing: [{ edge: 'a:80', role: 'lb' }],
      },
      {
        seq: 8,
        publishedAt: 'y',
        apps: ['/web'],
        reached: [{ edge: 'old:53', role: 'dns', ms: 7 }],
        missing: [],
        everywhereAfterMs: 7,
      },
    ],
  });
  t.same(
    grid.edges.map(({ role, edge }) => `${role} ${edge}`),
    ['dns a:53', 'dns old:53', 'lb a:80'],
  );
  t.same(
    grid.rows.map(({ seq, cells, everywhereAfterMs }) => [seq, cells.map(({ kind }) => kind), everywhereAfterMs]),
    [
      [9, ['reached', 'absent', 'missing'], undefined],
      [8, ['absent', 'reached', 'absent'], 7],
    ],
  );
  t.end();
});
