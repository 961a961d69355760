import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { StartupError, UsageError } from '../../../src/common/errors.js';
import { decodeConfig } from '../../../src/dns/config/decode-config.js';
import { dnsOptionsOf } from '../../../src/dns/config/dns-options.js';
import { localResolvers, parseResolvConf } from '../../../src/dns/config/local-resolvers.js';
import { masterOptionsOf, masterTextOf } from '../../../src/dns/config/master-options.js';
import type { MesosDnsConfig } from '../../../src/dns/config/mesos-dns-config.js';
import { readConfig } from '../../../src/dns/config/read-config.js';
import { shownConfig } from '../../../src/dns/config/shown-config.js';
import { validateConfig, warningsAbout } from '../../../src/dns/config/validate-config.js';
import { defaultWorkers } from '../../../src/dns/workers/default-workers.js';

const masters = ['10.0.0.1:5050'];

function configOf(file: object): MesosDnsConfig {
  return validateConfig(decodeConfig(JSON.stringify(file)), { localResolvers: () => ['10.0.0.53'], nowSeconds: 7 });
}

t.test('defaults, and keys in any letter case', async (t) => {
  t.match(configOf({ masters }), {
    RefreshSeconds: 60,
    Port: 53,
    HttpPort: 8123,
    TTL: 60,
    SRVRecordDefaultWeight: 1,
    SOASerial: 7,
    SOAMname: 'ns1.mesos.',
    SOARname: 'root.ns1.mesos.',
    Masters: masters,
    Resolvers: ['8.8.8.8'],
    IPSources: ['netinfo', 'mesos', 'host'],
    Domain: 'mesos',
    Listener: '0.0.0.0',
    ExternalOn: true,
    Quirks: true,
  });
  const config = configOf({
    MASTERS: masters,
    TtL: 5,
    Domain: 'Prod.Cluster',
    soarname: 'admin@example.org..',
    SOAMNAME: 'dns.prod.cluster..',
    resolvers: [],
    mesoscredentials: { PRINCIPAL: 'me', secret: 'pw' },
    mesosAuthentication: 'basic',
    httpport: null,
    email: 'an old key',
    quirks: false,
  });
  t.match(config, {
    TTL: 5,
    Domain: 'prod.cluster',
    SOARname: 'admin.example.org.',
    SOAMname: 'dns.prod.cluster.',
    Resolvers: ['10.0.0.53'],
    MesosCredentials: { Principal: 'me', Secret: 'pw' },
    HttpPort: 8123,
    Quirks: false,
  });
  const shown = JSON.stringify(shownConfig({ ...config, Zk: 'zk://me:pw@z:2181/mesos' }));
  t.notMatch(shown, /pw/, 'no secret is shown');
  t.match(shown, /"Quirks":false/);
});

t.test('values of the wrong type', async (t) => {
  for (const [file, message] of [
    [{ ttl: '60' }, 'cannot unmarshal string into Go struct field Config.TTL of type int32'],
    [{ ttl: 1.5 }, 'cannot unmarshal number 1.5 into Go struct field Config.TTL of type int32'],
    [{ ttl: 2 ** 31 }, 'of type int32'],
    [{ masters: '10.0.0.1:5050' }, 'cannot unmarshal string into Go struct field Config.Masters of type []string'],
    [{ masters: [1] }, 'cannot unmarshal number'],
    [{ httpon: 'true' }, 'Config.HttpOn of type bool'],
    [{ srvrecorddefaultweight: 65_536 }, 'of type uint16'],
    [{ zoneresolvers: { weave: '10.0.0.1' } }, 'Config.ZoneResolvers of type []string'],
    [{ domain: {} }, 'cannot unmarshal object'],
    [[], 'cannot unmarshal array'],
    [{ soarefresh: -1 }, 'of type uint32'],
  ] as const) {
    t.throws(() => decodeConfig(JSON.stringify(file)), { message: new RegExp(message.replace(/[[\].]/g, '\\$&')) });
  }
});

t.test('what Mesos-DNS refuses is refused with its words, and status 1', async (t) => {
  for (const [file, message] of [
    [{}, 'service validation failed: specify Mesos masters or Zookeeper in config.json'],
    [{ masters, dnson: false, httpon: false }, 'service validation failed: either DNS or HTTP server should be on'],
    [
      { masters: ['10.0.0.1'] },
      'illegal host:port specified: 10.0.0.1. Error: address 10.0.0.1: missing port in address',
    ],
    [{ masters: ['::1:5050'] }, 'too many colons in address'],
    [{ masters: ['10.0.0.1:0'] }, 'error validating masters: illegal host:port specified: 10.0.0.1:0'],
    [
      { masters: ['10.0.0.1:5050', '[::ffff:10.0.0.1]:5050'] },
      'error validating masters: duplicate found: [::ffff:10.0.0.1]:5050',
    ],
    [{ zk: 'file:///etc/mesos/zk' }, 'zk: only addresses'],
    [{ masters, resolvers: ['dns.example'] }, 'error validating resolvers: illegal ip specified: dns.example'],
    [{ masters, resolvers: ['10.0.0.1', '10.0.0.1:53'] }, 'error validating resolvers: duplicate found: 10.0.0.1:53'],
    [{ masters, resolvers: ['10.0.0.1:x'] }, 'error validating resolvers: illegal host:port specified: 10.0.0.1:x'],
    [{ masters, ipsources: [] }, 'IPSources validation failed: empty ip sources'],
    [{ masters, ipsources: ['host', 'host'] }, 'IPSources validation failed: duplicate ip source specified'],
    [{ masters, ipsources: ['Host'] }, 'IPSources validation failed: invalid ip source "Host"'],
    [{ masters, statetimeoutseconds: 0 }, 'Invalid HTTP Timeout: 0'],
    [{ masters, domain: 'mesos.' }, 'invalid domain name: mesos.'],
    [{ masters, domain: 'a_b' }, 'invalid domain name: a_b'],
    [{ masters, zoneresolvers: { weave: [] } }, 'field ZoneResolver weave is empty'],
    [{ masters, zoneresolvers: { mesos: ['10.0.0.1'] } }, "can't specify ZoneResolver for Mesos domain (mesos)"],
    [
      { masters, zoneresolvers: { 'a.b': ['10.0.0.1'], b: ['10.0.0.1'] } },
      'ambiguous zone resolvers: .a.b is masked by .b',
    ],
    [{ masters, zoneresolvers: { 'x.mesos': ['10.0.0.1'] } }, 'ambiguous zone resolvers: .x.mesos is masked by .mesos'],
    [{ masters, certfile: 'a.pem' }, 'CertFile and KeyFile must be specified together'],
    [{ masters, mesosauthentication: 'kerberos' }, 'unregistered factory requested'],
    [{ masters, mesosauthentication: 'basic' }, 'MesosCredentials are empty'],
    [{ masters, mesosauthentication: 'iam' }, 'there is no IAMConfigFile'],
    [{ masters, workers: 65 }, 'Workers 65 is not within 0..64'],
    [{ masters, ratelimit: -1 }, 'RateLimit -1 is not within 0..1000000'],
    [{ masters, recursionfrom: ['10.0.0.0/33'] }, 'RecursionFrom: "10.0.0.0/33" is not a network such as'],
    [{ masters, transferto: ['here'] }, 'TransferTo: "here" is not a network such as'],
    [{ masters, marathon: ['http://me:pw@m'] }, 'Marathon: item 1 is not an address http(s)://host:port without'],
    [{ masters, marathon: ['http://m', 'http://:pw@m'] }, 'Marathon: item 2 is not an address http(s)://host:port'],
    [{ masters, marathoncredentials: { user: 'me' } }, 'MarathonCredentials: User and Password go together'],
    [{ masters, listener: 'localhost' }, 'listener "localhost" is not an IP address'],
    [{ masters, port: 65_536 }, 'port 65536 is not a port'],
  ] as const) {
    try {
      configOf(file);
      t.fail(`${JSON.stringify(file)} was taken`);
    } catch (error) {
      t.ok(error instanceof StartupError && error.message.includes(message), `${message}: ${String(error)}`);
    }
  }
  t.throws(() => configOf({ masters, refreshSeconds: 0 }), UsageError, 'a crash of Mesos-DNS: status 2');
  t.doesNotThrow(
    () => configOf({ masters, resolvers: ['nowhere'], externalon: false }),
    'resolvers that are not asked',
  );
  t.doesNotThrow(() => configOf({ masters: ['a-name:5050'], domain: '-', zoneresolvers: { 'Up.Case': ['[::1]:53'] } }));
});

t.test('masters and how they are talked to', async (t) => {
  t.equal(masterTextOf(configOf({ masters: ['10.0.0.1:5050', '10.0.0.2:5050'] })), '10.0.0.1:5050,10.0.0.2:5050');
  t.equal(masterTextOf(configOf({ masters, zk: 'zk://z:2181/mesos' })), 'zk://z:2181/mesos');
  const plain = configOf({ masters, mesoscredentials: { principal: 'me', secret: 'pw' } });
  t.match(masterOptionsOf(plain), { credentials: undefined, tls: false, verifiesCertificates: false });
  t.match(warningsAbout(plain), [/MesosCredentials is configured, but MesosAuthentication is set to none/]);
  const tls = configOf({
    masters,
    mesoshttpson: true,
    cacertfile: '/ca.pem',
    certfile: '/c.pem',
    keyfile: '/k.pem',
    mesosauthentication: 'basic',
    mesoscredentials: { principal: 'me', secret: 'pw' },
  });
  t.match(masterOptionsOf(tls), {
    credentials: { principal: 'me', secret: 'pw' },
    tls: true,
    caFile: '/ca.pem',
    verifiesCertificates: true,
    ownCertificate: { certificateFile: '/c.pem', keyFile: '/k.pem' },
  });
  t.strictSame(warningsAbout(tls), []);
});

t.test('what is ours in the file', async (t) => {
  const file = {
    masters,
    quirks: false,
    WORKERS: 3,
    recursionFrom: ['10.0.0.0/8', 'local'],
    transferTo: ['192.0.2.7'],
    rateLimit: 0,
    answerUnhealthy: true,
    marathon: ['http://10.0.0.9:8080'],
    marathonCredentials: { user: 'me', password: 'hush' },
    marathonCACertFile: '/ca.pem',
    stateDir: '/var/lib/ekiden',
  };
  const config = configOf(file);
  t.match(dnsOptionsOf(config), {
    workers: 3,
    recursionFrom: ['10.0.0.0/8', 'local'],
    transferTo: ['192.0.2.7'],
    rateLimit: 0,
    answerUnhealthy: true,
    schedulers: ['http://10.0.0.9:8080'],
    credentials: { user: 'me', password: 'hush' },
    caFile: '/ca.pem',
    stateDir: '/var/lib/ekiden/dns',
  });
  const shown = JSON.stringify(shownConfig(config));
  t.match(shown, /"Workers":3.*"MarathonCredentials":\{"User":"me","Password":"<redacted>"\}/);
  t.notMatch(shown, /hush/);
  t.strictSame(warningsAbout(config), []);

  const plain = dnsOptionsOf(configOf({ masters, quirks: false }));
  t.match(plain, { recursionFrom: ['local'], rateLimit: 200, schedulers: [], credentials: undefined });
  t.equal(plain.workers, defaultWorkers(), 'one per core');
  const exact = configOf({ masters, workers: 3 });
  t.strictSame(warningsAbout(exact), ['Workers has no effect without "Quirks": false']);
  t.notMatch(JSON.stringify(shownConfig(exact)), /Workers|Quirks/, 'only what Mesos-DNS shows');
});

t.test('resolvers of this machine', async (t) => {
  t.strictSame(
    parseResolvConf('# by hand\nnameserver 10.0.0.53\nsearch x\nnameserver\tfd00::1 \n nameserver 1.1.1.1\n'),
    ['10.0.0.53', 'fd00::1'],
  );
  const file = join(t.testdir(), 'resolv.conf');
  writeFileSync(file, 'nameserver 127.0.0.1\nnameserver 192.0.2.53\n');
  t.strictSame(localResolvers(file), ['192.0.2.53'], 'not ourselves');
  t.throws(() => localResolvers(`${file}.not`), StartupError);
});

t.test('the file', async (t) => {
  const home = t.testdir();
  writeFileSync(join(home, 'config.json'), JSON.stringify({ masters, externalOn: false }));
  t.equal(readConfig('~/config.json', { HOME: '/nowhere', USERPROFILE: home }).File, join(home, 'config.json'));
  t.equal(readConfig('~/config.json', { HOME: home }).File, join(home, 'config.json'));
  t.throws(() => readConfig(join(home, 'none.json')), {
    name: 'StartupError',
    message: /^missing configuration file: "/,
  });
  writeFileSync(join(home, 'bad.json'), '{ "masters": [ }');
  t.throws(() => readConfig(join(home, 'bad.json')), {
    name: 'StartupError',
    message: /^failed to unmarshal config file "/,
  });
});
