import t from 'tap';
import { ask, startFakeScheduler } from '../../support/fake-service.js';
import { runCases } from '../support/cases.js';
import { serveStandby } from '../../support/standby.js';
import {
  goHeaders,
  goJsonHeaders,
  pythonHeaders,
  pythonJsonHeaders,
  serveScheduler,
  wireClient,
} from '../support/wire.js';
import type { Method } from '../support/wire.js';

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
  {
    name: 'a standby answers as the leader does, to the byte',
    why: 'nixy, marathon-consul and go-marathon are given several addresses and ask any of them',
    run: async (t) => {
      const leader = await serveScheduler(t, { hostname: 'marathon-1' });
      const standby = await serveStandby(t, `127.0.0.1:${leader.port}`);
      const viaStandby = wireClient(t, standby.port);
      const app = { id: '/web/shop', cmd: 'sleep 1', instances: 2, labels: { text: 'ü'.repeat(2000) } };
      const created = await viaStandby(goJsonHeaders).send('POST', '/v2/apps', app);
      t.equal(created.status, 201);
      t.equal(created.headers['location'], '/web/shop');
      t.match(created.headers['marathon-deployment-id'], /^[0-9a-f-]{36}$/);
      await leader.run('/web/shop');

      const asked: [method: Method, path: string, headers: Readonly<Record<string, string>>, body?: string][] = [
        ['GET', '/ping', {}],
        ['HEAD', '/ping', {}],
        ['GET', '/ping', goJsonHeaders],
        ['GET', '/v2/leader', pythonHeaders],
        ['GET', '/v2/info', goJsonHeaders],
        ['GET', '/v2/apps//web/shop', goJsonHeaders],
        ['GET', '/v2/apps/%2Fweb%2Fshop?embed=app.tasks&embed=app.counts', pythonJsonHeaders],
        ['GET', '/v2/apps/web/shop/tasks', { Accept: 'application/json' }],
        ['GET', '/v2/tasks', { Accept: 'text/plain' }],
        ['GET', '/v2/groups', goHeaders],
        ['HEAD', '/v2/apps', goHeaders],
        ['GET', '/v2/apps//none', goJsonHeaders],
        ['GET', '/nothing/here', {}],
        ['GET', '/', {}],
        ['GET', '/v2/apps/%zz', {}],
        ['DELETE', '/v2/tasks', goJsonHeaders],
        ['POST', '/v2/apps', goJsonHeaders, '{"id":'],
        ['POST', '/v2/apps', pythonJsonHeaders, JSON.stringify(app)],
      ];
      for (const [method, path, headers, body] of asked) {
        const what = `${method} ${path}`;
        const direct = await leader.client(headers).send(method, path, body);
        const proxied = await viaStandby(headers).send(method, path, body);
        const { 'x-marathon-via': via, ...others } = proxied.headers;
        t.equal(via, `1.1 ${standby.address}`, what);
        t.equal(proxied.headers['x-marathon-leader'], 'http://marathon-1:8080', what);
        t.equal(proxied.status, direct.status, what);
        t.same({ ...others, date: '' }, { ...direct.headers, date: '' }, what);
        t.equal(proxied.text, direct.text, what);
      }
      t.same((await viaStandby({}).send('GET', '/v2/leader')).json(), { leader: 'marathon-1:8080' });
    },
  },
  {
    name: 'a standby sends readers of events to the leader',
    why: 'events that pass a proxy arrive late or never; go-marathon, Traefik and nixy follow a redirect',
    run: async (t) => {
      const leader = await serveScheduler(t);
      const address = `127.0.0.1:${leader.port}`;
      const standby = await serveStandby(t, address);
      const path = '/v2/events?event_type=api_post_event&plan-format=light';
      const headers = { Accept: 'text/event-stream' };
      const redirect = await wireClient(t, standby.port)(headers).send('GET', path);
      t.equal(redirect.status, 302);
      t.equal(redirect.headers.location, `http://${address}${path}`);

      const followed = await fetch(`http://${standby.address}${path}`, { headers });
      t.equal(followed.headers.get('content-type'), 'text/event-stream');
      const reader = followed.body?.pipeThrough(new TextDecoderStream()).getReader();
      await wireClient(t, standby.port)(goJsonHeaders).send('POST', '/v2/apps', { id: '/a', cmd: 'sleep 1' });
      let text = '';
      while (!text.includes('\r\n\r\n')) text += (await reader?.read())?.value ?? '';
      t.match(text, /^event: api_post_event\r\ndata: \{.*"uri":"\/v2\/apps".*\}\r\n/);
      await reader?.cancel();
    },
  },
]);
