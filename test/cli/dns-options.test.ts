import t from 'tap';
import { dnsOptions } from '../../src/cli/commands/dns.js';
import { resolveSettings } from '../../src/cli/settings.js';
import type { DnsOptions } from '../../src/dns/options.js';
import { defaultWorkers } from '../../src/dns/workers/default-workers.js';

function optionsOf(...argv: string[]): DnsOptions {
  const invocation = resolveSettings('dns', ['--master=m1:5050,m2:5050', ...argv], {}, () => undefined);
  if (invocation === undefined) throw new Error('help was shown');
  return dnsOptions(invocation.settings);
}

t.test('every setting of the configuration file of Mesos-DNS is an option as well', async (t) => {
  t.match(optionsOf(), {
    master: 'm1:5050,m2:5050',
    domain: 'mesos',
    dnsOn: true,
    httpOn: true,
    soa: { nameServer: 'ns1.mesos', mailbox: 'root.ns1.mesos' },
    ipSources: ['netinfo', 'mesos', 'host'],
    workers: defaultWorkers(),
    recursionFrom: ['local'],
    schedulers: [],
  });
  t.match(
    optionsOf(
      '--dns_domain=DC1.Example',
      '--dns_http_on=false',
      '--dns_soa_rname=hostmaster@example.com.',
      '--dns_ip_sources=docker,host',
      '--dns_zone_resolvers=Weave.=10.0.0.1,corp.example=10.0.0.2:5353,weave=10.0.0.3',
      '--dns_workers=0',
      '--marathon=http://m1:8080/',
      '--marathon_credentials=me:word',
      '--work_dir=/srv/ekiden',
    ),
    {
      domain: 'dc1.example',
      httpOn: false,
      soa: { nameServer: 'ns1.dc1.example', mailbox: 'hostmaster.example.com' },
      ipSources: ['docker', 'host'],
      zoneResolvers: { weave: ['10.0.0.1', '10.0.0.3'], 'corp.example': ['10.0.0.2:5353'] },
      workers: 0,
      schedulers: ['http://m1:8080'],
      credentials: { user: 'me', password: 'word' },
      stateDir: '/srv/ekiden/dns',
    },
  );
});

t.test('what is wrong says so', async (t) => {
  t.throws(() => optionsOf('--dns_zone_resolvers=10.0.0.1'), {
    name: 'UsageError',
    message: '--dns_zone_resolvers: "10.0.0.1" is not zone=address or zone=address:port',
  });
  t.throws(() => optionsOf('--dns_ip_sources=dns'), /is none of netinfo, docker, mesos, host/);
  t.throws(() => optionsOf('--dns_workers=65'), /--dns_workers/);
});
