import t from 'tap';
import { createApi } from '../../../src/scheduler/api/api.js';
import { startFakeScheduler } from '../../support/fake-service.js';

t.test('a scheduler that leads says so, to anybody', async (t) => {
  const { api } = await startFakeScheduler(t, { credentials: { user: 'a', password: 'b' }, maxConcurrentRequests: 0 });
  for (const path of ['/ekiden/v1/leading', '/ekiden/v1/leading/']) {
    const answer = await api.inject(path);
    t.equal(answer.statusCode, 200, 'no password is asked for, and no limit counts it');
    t.same(answer.json(), { leading: true, leader: 'leader.example:8080' });
  }
  t.equal((await api.inject({ method: 'HEAD', url: '/ekiden/v1/leading' })).statusCode, 200);
  t.equal((await api.inject({ method: 'POST', url: '/ekiden/v1/leading' })).statusCode, 401);
  t.equal((await api.inject('/ekiden/v1/leading/x')).statusCode, 401);
});

t.test('one that is not sure at this moment says that it does not', async (t) => {
  const { service } = await startFakeScheduler(t);
  let leading = false;
  const api = createApi({ ...service, leading: () => leading });
  t.teardown(() => api.close());
  const answer = await api.inject('/ekiden/v1/leading');
  t.equal(answer.statusCode, 503);
  t.same(answer.json(), { leading: false, leader: null });
  leading = true;
  t.equal((await api.inject('/ekiden/v1/leading')).statusCode, 200);
});
