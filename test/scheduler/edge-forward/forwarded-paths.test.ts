import t from 'tap';
import { forwardedText, forwardingOf, methodsOf } from '../../../src/scheduler/edge-forward/forwarded-paths.js';

t.test('what is forwarded to a name server, and what is not', (t) => {
  for (const path of ['ekiden/v1/status', 'ekiden/v1/explain/web.marathon.mesos', 'ekiden/v1/records', 'metrics']) {
    t.same(methodsOf('dns', path), ['GET'], path);
  }
  t.match(forwardingOf('dns', 'POST', 'ekiden/v1/plan'), { changes: false, maxBodyBytes: 4 << 20 });
  for (const path of [
    'ekiden/v1/explain',
    'ekiden/v1/explain/a/b',
    'v1/config',
    'v1/enumerate',
    'ekiden/v1/status/',
    '',
  ]) {
    t.same(methodsOf('dns', path), [], path);
  }
  t.same(methodsOf('dns', 'api/services'), [], 'a load balancer has rules, a name server has none');
  t.end();
});

t.test('what is forwarded to a load balancer, and what of it changes something', (t) => {
  t.same(methodsOf('lb', 'api/services'), ['GET', 'POST', 'PUT']);
  t.same(methodsOf('lb', 'api/services//shop%2Fweb'), ['PUT', 'DELETE']);
  t.same(methodsOf('lb', 'api/services/shop/web'), ['PUT', 'DELETE']);
  for (const method of ['POST', 'PUT'] as const) t.equal(forwardingOf('lb', method, 'api/services')?.changes, true);
  t.equal(forwardingOf('lb', 'DELETE', 'api/services/a')?.changes, true);
  t.equal(forwardingOf('lb', 'POST', 'ekiden/v1/rules/history/7/revert')?.changes, true);
  t.equal(forwardingOf('lb', 'GET', 'api/services')?.changes, false);
  t.equal(forwardingOf('lb', 'POST', 'api/plan')?.changes, false);
  t.equal(forwardingOf('lb', 'GET', 'ekiden/v1/events')?.streams, true);
  for (const path of ['_mlb_signal/hup', '_haproxy_getconfig', 'status', 'api/marathon/event_callback', 'ui/']) {
    t.same(methodsOf('lb', path), [], path);
  }
  t.match(forwardedText('lb'), /GET api\/state, .*DELETE api\/services\/\{id…\}/);
  t.end();
});

t.test('paths that a URL would be shortened by, or that are none', (t) => {
  const odd = [
    'api/services/../state',
    'api/services/%2e%2e/x',
    'api/services/.%2E/x',
    'api/services/./x',
    'api/services/x/..',
    'api/services/a\\b',
    'api/services/a?b',
    'api/services/a#b',
    'api/services/a b',
    'api/services/%zz',
    'api/services/\u0000',
    'api/services/a%00',
    'api/services/..%2fstate',
    'api/services/a%2F..%2F..%2Fstate',
    'api/services/a%5c..%5Cb',
    'api/services/..;/state',
  ];
  for (const path of odd) t.same(methodsOf('lb', path), [], JSON.stringify(path));
  for (const path of ['a..b', 'a%2Fb..', '%2Fa%2F..b', '%252e%252e']) {
    t.same(methodsOf('lb', `api/services/${path}`), ['PUT', 'DELETE'], `${path}: dots in a name are none of them`);
  }
  t.end();
});
