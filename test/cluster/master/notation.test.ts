import t from 'tap';
import { UsageError } from '../../../src/common/errors.js';
import { parseDomainFlag, parseQuotaFlag, parseWeightsFlag } from '../../../src/cluster/parse-cluster-flags.js';

const refused = (parse: () => unknown, message: RegExp) => [parse, { name: UsageError.name, message }] as const;

t.test('--weights', async (t) => {
  t.same(
    [...parseWeightsFlag(' web=2, batch=0.5 ,')],
    [
      ['web', 2],
      ['batch', 0.5],
    ],
  );
  t.equal(parseWeightsFlag('').size, 0);
  for (const text of ['web', 'web=', '=2', 'web=0', 'web=-1', 'web=much']) {
    t.throws(...refused(() => parseWeightsFlag(text), /^--weights: .* is not of the form role=2,other=0.5$/));
  }
  t.throws(...refused(() => parseWeightsFlag('web=1,web=2'), /^--weights: role 'web' is there twice$/));
});

t.test('--quota', async (t) => {
  const quotas = parseQuotaFlag('web=cpus:4;mem:1024.5,batch=cpus:0.1');
  t.same(
    [...quotas].map(([role, { guarantees, limits }]) => [role, [...guarantees], [...limits]]),
    [
      [
        'web',
        [
          ['cpus', 4000],
          ['mem', 1_024_500],
        ],
        [
          ['cpus', 4000],
          ['mem', 1_024_500],
        ],
      ],
      ['batch', [['cpus', 100]], [['cpus', 100]]],
    ],
  );
  for (const text of ['web', 'web=cpus', 'web=cpus:x', 'web=cpus:1:2', 'web=:1']) {
    t.throws(...refused(() => parseQuotaFlag(text), /^--quota: .* is not of the form role=cpus:4;mem:1024$/));
  }
  t.throws(...refused(() => parseQuotaFlag('a/b=cpus:1'), /^--quota: .*nested role 'a\/b' is not supported$/));
  t.throws(...refused(() => parseQuotaFlag('*=cpus:1'), /^--quota: .*default '\*' role is not supported$/));
});

t.test('--domain', async (t) => {
  const domain = { fault_domain: { region: { name: 'r1' }, zone: { name: 'z1' } } };
  t.same(parseDomainFlag('r1/z1'), domain);
  t.same(parseDomainFlag(JSON.stringify(domain)), domain);
  t.equal(parseDomainFlag(' '), undefined);
  for (const text of ['r1', 'r1/', '/z1', 'a/b/c', '{"fault_domain":{}}', '{']) {
    t.throws(...refused(() => parseDomainFlag(text, 'simulate_domain'), /^--simulate_domain: /));
  }
});
