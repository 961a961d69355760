import t from 'tap';
import { ApiError } from '../../../src/scheduler/api/api-error.js';
import { openAccess } from '../../../src/scheduler/api/access.js';
import { ask, startFakeScheduler } from '../../support/fake-service.js';

const httpCallback = { endpoints: [], slowConsumerTimeoutMs: 1000 };
const path = '/v2/eventSubscriptions';
const of = (url: string): string => `${path}?callbackUrl=${encodeURIComponent(url)}`;

t.test('subscribe, list, unsubscribe', async (t) => {
  const { api } = await startFakeScheduler(t, { httpCallback });
  t.same((await ask(api, 'GET', path)).json, { callbackUrls: [] });
  const url = 'http://subscriber.acme.org/callbacks?a=b';
  for (let i = 0; i < 2; i++) {
    const { status, headers, json } = await ask(api, 'POST', of(url));
    t.equal(status, 200);
    t.match(headers, { 'content-type': 'application/json' });
    t.match(json, {
      clientIp: '127.0.0.1',
      callbackUrl: url,
      eventType: 'subscribe_event',
      timestamp: /^\d{4}-.*\.\d{3}Z$/,
    });
  }
  t.same((await ask(api, 'GET', path)).json, { callbackUrls: [url] });
  t.match((await ask(api, 'DELETE', of(url))).json, { callbackUrl: url, eventType: 'unsubscribe_event' });
  t.same((await ask(api, 'GET', path)).json, { callbackUrls: [] });
  t.equal((await ask(api, 'DELETE', of(url))).status, 200, 'as Marathon answers for one that it does not know');
});

t.test('URLs that cannot be used', async (t) => {
  const { api } = await startFakeScheduler(t, { httpCallback });
  for (const url of ['', 'relative', 'ftp://a/b', `http://a/${'x'.repeat(3000)}`]) {
    const { status, json } = await ask(api, 'POST', of(url));
    t.equal(status, 422, url.slice(0, 20));
    t.match(json, { message: 'Object is not valid', details: [{ path: '/callbackUrl', errors: [/^must /] }] });
  }
  t.equal((await ask(api, 'POST', path)).status, 422);
  t.equal((await ask(api, 'DELETE', path)).status, 422);
  t.equal((await ask(api, 'PUT', of('http://a'))).status, 405);
  t.same((await ask(api, 'GET', path)).json, { callbackUrls: [] });
});

t.test('400 unless it was started with callbacks', async (t) => {
  const { api } = await startFakeScheduler(t);
  for (const method of ['GET', 'POST', 'DELETE'] as const) {
    const { status, json } = await ask(api, method, of('http://a/'));
    t.equal(status, 400, method);
    t.same(json, {
      message:
        'http event callback system is not running on this Marathon instance. ' +
        'Please re-start this instance with "--event_subscriber http_callback".',
    });
  }
});

t.test('who may not', async (t) => {
  const access = {
    ...openAccess,
    isOpen: false,
    demand: (_: unknown, action: string, resource: object) => {
      t.same(resource, { kind: 'system', name: 'events' });
      if (action !== 'view') throw new ApiError(403, 'no');
    },
  };
  const { api } = await startFakeScheduler(t, { httpCallback }, { access });
  t.equal((await ask(api, 'GET', path)).status, 200);
  t.equal((await ask(api, 'POST', of('http://a/'))).status, 403);
  t.equal((await ask(api, 'DELETE', of('http://a/'))).status, 403);
});
