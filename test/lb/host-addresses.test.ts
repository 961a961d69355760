import t from 'tap';
import { HostAddresses, hostsToResolve } from '../../src/lb/host-addresses.js';
import { catalogOf } from '../support/compile-input.js';
import { catalogInstance } from '../support/fake-catalog.js';

t.test('the hosts of agents, and of rules with addresses of their own', async (t) => {
  const catalog = catalogOf(
    [],
    [catalogInstance('/a', 't1', [1], { host: 'agent1' }), catalogInstance('/a', 't2', [1])],
  );
  const rules = [
    { id: '/x', acl: 'path_beg /', config: { Servers: 'db.local:80 10.0.0.1:81' } },
    { id: '/y', acl: 'path_beg /', config: { Servers: 'no port' } },
    { id: '/z', acl: 'path_beg /' },
  ];
  t.same([...hostsToResolve(catalog, rules)], ['agent1', '127.0.0.1', 'db.local', '10.0.0.1']);

  const asked: string[] = [];
  const resolve = async (host: string): Promise<string> => {
    asked.push(host);
    return '10.1.1.1';
  };
  const addresses = new HostAddresses({ resolve });
  await addresses.refresh(hostsToResolve(catalog, rules));
  await addresses.refresh(hostsToResolve(catalog, rules));
  t.same(asked, ['agent1', 'db.local'], 'addresses are not looked up');
  t.equal(addresses.get('db.local'), '10.1.1.1');
  t.end();
});
