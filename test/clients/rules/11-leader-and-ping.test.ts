import t from 'tap';
import { ask, startFakeScheduler } from '../../support/fake-service.js';
import { runCases } from '../support/cases.js';
import { serveScheduler } from '../support/wire.js';

await runCases(t, 'rule 11, the leader by its name, cheap to ask for', [
  {
    name: 'the leader is exactly the advertised name and port',
    why: 'marathon-consul compares the text with its configuration each second, and works only where they are equal',
    run: async (t) => {
      const names = [
        [{ hostname: 'marathon-1.example.org', httpPort: 8080 }, 'marathon-1.example.org:8080'],
        [{ hostname: '10.0.0.7', httpPort: 80 }, '10.0.0.7:80'],
        [{ hostname: 'a', httpPort: 8080, httpsPort: 8443, httpDisabled: true }, 'a:8443'],
        [{ hostname: '2001:db8::1', httpPort: 8080 }, '[2001:db8::1]:8080'],
      ] as const;
      for (const [options, leader] of names) {
        const { api } = await startFakeScheduler(t, options);
        const answer = await ask(api, 'GET', '/v2/leader');
        t.equal(answer.text, JSON.stringify({ leader }));
        const scheme = 'httpDisabled' in options ? 'https' : 'http';
        t.equal(answer.headers['x-marathon-leader'], `${scheme}://${leader}`);
        t.match((await ask(api, 'GET', '/v2/info')).json, { leader, elected: true });
      }
    },
  },
  {
    name: '/ping and /v2/leader cost nothing, whatever there is',
    why: 'nixy asks every 2 s, go-marathon every 5 s, marathon-consul each second: from every machine of a cluster',
    run: async (t) => {
      const { api, service } = await startFakeScheduler(t);
      for (const [path, body] of [
        ['/ping', 'pong'],
        ['/v2/leader', '{"leader":"leader.example:8080"}'],
      ] as const) {
        const before = service.state;
        const { status, text } = await ask(api, 'GET', path, undefined, { accept: '*/*' });
        t.equal(status, 200);
        t.equal(text, body, 'a few bytes, independent of the state');
        t.equal(service.state, before);
      }
    },
  },
  {
    name: '/ping in the forms that clients accept',
    why: 'nixy takes nothing but 200; marathon-python shows the text',
    run: async (t) => {
      const scheduler = await serveScheduler(t);
      const ping = async (headers: Record<string, string>): Promise<readonly [number, string]> => {
        const { status, text } = await scheduler.client(headers).send('GET', '/ping');
        return [status, text];
      };
      t.same(await ping({}), [200, 'pong'], 'nixy: no Accept at all');
      t.same(await ping({ Accept: 'application/json' }), [200, '"pong"'], 'go-marathon');
      t.same(await ping({ Accept: '*/*' }), [200, 'pong'], 'curl');
      t.equal((await scheduler.client({}).send('HEAD', '/ping')).status, 200);
    },
  },
]);

t.test(
  'a standby sends everything on to the leader, but event streams, which it redirects',
  { skip: 'one scheduler only: several, with election and proxying, are work that comes later (marathon.md 16.2)' },
  (t) => t.end(),
);
