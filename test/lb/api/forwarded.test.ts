import t from 'tap';
import { forwardedHeaders } from '../../../src/catalog/forwarded-headers.js';
import { startLbApi } from '../../support/lb-api.js';

const proof = 'a-secret-of-the-edge';
const rule = (n: number): string => JSON.stringify({ id: '/a', acl: `path /${n}` });

t.test('who asks a scheduler for a change is believed of a scheduler alone', async (t) => {
  const { server, history } = await startLbApi(t, { forwardProof: proof });
  let changes = 0;
  const by = async (headers: Record<string, string>): Promise<string | undefined> => {
    const answer = await server.inject({ method: 'POST', url: '/api/services', headers, payload: rule(++changes) });
    t.equal(answer.statusCode, 200);
    return history.changes[0]?.by;
  };
  t.equal(await by({}), '127.0.0.1');
  t.equal(await by(forwardedHeaders({ proof }, '192.0.2.7')), '192.0.2.7, through the scheduler');
  t.equal(await by(forwardedHeaders({ proof }, '2001:db8::1')), '2001:db8::1, through the scheduler');
  t.equal(await by(forwardedHeaders({ proof: 'guessed' }, '192.0.2.7')), '127.0.0.1');
  t.equal(await by({ 'x-ekiden-forwarded-for': '192.0.2.7' }), '127.0.0.1');
  t.equal(await by({ 'x-forwarded-for': '192.0.2.7' }), '127.0.0.1');
  t.equal(await by(forwardedHeaders({ proof }, 'the president')), '127.0.0.1');
  t.same(forwardedHeaders({}, '192.0.2.7'), {}, 'an edge without a secret is told nothing');
});

t.test('the user is named before the address', async (t) => {
  const credentials = { user: 'ann', password: 'a' };
  const { server, history } = await startLbApi(t, { forwardProof: proof, credentials });
  const authorization = `Basic ${Buffer.from('ann:a').toString('base64')}`;
  const headers = { authorization, ...forwardedHeaders({ proof }, '192.0.2.7') };
  await server.inject({ method: 'POST', url: '/api/services', headers, payload: rule(1) });
  t.equal(history.changes[0]?.by, 'ann, through the scheduler');
  const unknown = { ...forwardedHeaders({ proof }, '192.0.2.7') };
  t.equal(
    (await server.inject({ method: 'POST', url: '/api/services', headers: unknown, payload: rule(2) })).statusCode,
    401,
  );
});

t.test('an edge that has announced no secret believes nobody', async (t) => {
  const { server, history } = await startLbApi(t);
  await server.inject({
    method: 'POST',
    url: '/api/services',
    headers: forwardedHeaders({ proof }, '192.0.2.7'),
    payload: rule(1),
  });
  t.equal(history.changes[0]?.by, '127.0.0.1');
});
