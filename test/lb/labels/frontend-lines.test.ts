import t from 'tap';
import { FrontendLines } from '../../../src/lb/labels/frontend-lines.js';

function hostsOf(...lines: string[]): string[] {
  const own = { ownBackends: new Set(['web']), ownTest: 'host_web', path: '-i /shop /cart' };
  const frontend = new FrontendLines(own);
  for (const line of lines) frontend.read(line.split(' '));
  return frontend.hosts();
}

t.test('the hosts that lead to the service', (t) => {
  t.same(hostsOf('acl host_web hdr(host) -i A.org b.org', 'use_backend web if host_web'), ['a.org', 'b.org']);
  t.same(hostsOf('acl host_web req.hdr(Host) a.org'), ['a.org'], 'marathon-lb leads on by itself');
  t.same(hostsOf('acl other hdr(host) a.org'), [], 'nothing leads on');
  t.same(hostsOf('acl x hdr(host) a.org', 'acl x hdr_end(host) .b.org', 'use_backend web if x'), ['a.org', '*.b.org']);
  t.same(hostsOf('use_backend web if { ssl_fc_sni a.org b.org }', 'use_backend web if { ssl_fc_sni_end .c.org }'), [
    'a.org',
    'b.org',
    '*.c.org',
  ]);
  t.same(hostsOf('acl x hdr(host) a.org', 'acl p path_beg -i /shop /cart', 'use_backend web if x p'), ['a.org']);
  t.same(hostsOf('use_backend web if host_elsewhere path_elsewhere'), []);
  t.end();
});

t.test('everything else may narrow the way, and is refused', (t) => {
  for (const line of [
    'acl x src 10.0.0.0/8',
    'acl x hdr(host)',
    'acl x hdr(host) -i',
    'acl x hdr(host) -m reg .*',
    'acl x hdr(host) -f /etc/hosts',
    'acl x hdr(cookie) a',
    'acl x hdr_end(host) a.org',
    'acl x path_beg /other',
    'acl x always_true',
    'acl x',
    'acl',
    'use_backend web',
    'use_backend web unless host_web',
    'use_backend web if',
    'use_backend web if x',
    'use_backend web if !host_web',
    'use_backend web if host_web or host_x',
    'use_backend web if { ssl_fc_sni a.org } { src 10.0.0.0/8 }',
    'use_backend web if { src 10.0.0.0/8 }',
    'use_backend other if host_web',
    'http-request deny',
    'default_backend web',
    'bind :80',
  ]) {
    t.throws(() => hostsOf(line), { name: 'SettingError' }, line);
  }
  t.end();
});
