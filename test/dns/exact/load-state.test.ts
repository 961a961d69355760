import t from 'tap';
import type { HttpRequest, HttpResponse } from '../../../src/common/http-client.js';
import { loadState } from '../../../src/dns/exact/load-state.js';
import { readState, leaderOf, viewOf } from '../../../src/dns/exact/state-document.js';
import type { View } from '../../../src/dns/records/view.js';
import type { MasterClient } from '../../../src/mesos/master-client.js';

interface Answer {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** Loads from masters that answer as `answers` says, by their address; whoever is not there refuses. */
async function load(
  answers: Record<string, Answer>,
  masters: readonly string[],
): Promise<{
  readonly asked: string[];
  readonly sent: HttpRequest[];
  readonly view: View | undefined;
  readonly error: string;
}> {
  const asked: string[] = [];
  const sent: HttpRequest[] = [];
  const client: MasterClient = {
    scheme: 'http',
    headers: { authorization: 'Basic eA==' },
    http: {
      request: async (request) => {
        const { host } = new URL(request.url);
        asked.push(host);
        sent.push(request);
        const answer = answers[host];
        if (answer === undefined) throw new Error(`${host} refuses`);
        const { status = 200, headers = {}, body = '' } = answer;
        return { status, headers, body } satisfies HttpResponse;
      },
      stream: () => Promise.reject(new Error('no streams')),
      close: () => Promise.resolve(),
    },
  };
  const result = { asked, sent };
  let document: unknown;
  try {
    const hostAddresses = await loadState({
      client,
      masters,
      reader: {
        parse: (body) => {
          document = JSON.parse(body) as unknown;
          return Promise.resolve(leaderOf(document));
        },
        read: () => {
          const { neededHosts, wantedHosts } = readState(document);
          return Promise.resolve({ needed: [...neededHosts], wanted: [...wantedHosts] });
        },
      },
      timeoutMs: 10_000,
      resolveHost: (host) =>
        host === 'known' ? Promise.resolve(['10.9.9.9']) : Promise.reject(new Error('ENOTFOUND')),
      signal: new AbortController().signal,
    });
    return { ...result, view: viewOf(readState(document), hostAddresses), error: '' };
  } catch (error) {
    return { ...result, view: undefined, error: String(error) };
  }
}

function state(leader: string, more: object = {}): string {
  return JSON.stringify({ leader: `master@${leader}`, slaves: [], frameworks: [], ...more });
}

t.test('the presumed leader is asked first, then the others in their order', async (t) => {
  const found = await load({ 'c:5050': { body: state('c:5050') } }, ['a:5050', 'b:5050', 'c:5050']);
  t.strictSame(found.asked, ['a:5050', 'b:5050', 'c:5050']);
  t.match(found.view, { leader: { host: 'c', port: 5050 } });
  t.match(found.sent[0], {
    url: 'http://a:5050/master/state',
    headers: { 'user-agent': 'Mesos-DNS', authorization: 'Basic eA==' },
  });
  const none = await load({ 'a:5050': { status: 500, body: '<html>' } }, ['a:5050', 'b:5050']);
  t.match(none.error, /b:5050 refuses/, 'what went wrong last');
});

t.test("another leader is asked by its address, at the asked one's port", async (t) => {
  const found = await load(
    {
      '10.0.0.1:5050': { body: state('10.0.0.2:7070') },
      '10.0.0.2:5050': { body: state('10.0.0.2:7070', { frameworks: [{}] }) },
    },
    ['10.0.0.1:5050'],
  );
  t.strictSame(found.asked, ['10.0.0.1:5050', '10.0.0.2:5050']);
  t.equal(found.view?.frameworks.size, 1);
});

t.test('the status does not count, a redirect is followed', async (t) => {
  const found = await load(
    {
      '10.0.0.1:5050': { status: 307, headers: { location: '//10.0.0.2:5050/master/state' } },
      '10.0.0.2:5050': { status: 503, body: state('10.0.0.1:5050') },
    },
    ['10.0.0.1:5050'],
  );
  t.strictSame(found.asked, ['10.0.0.1:5050', '10.0.0.2:5050']);
  t.ok(found.view);
});

t.test('hosts that are given by name are looked up', async (t) => {
  const slaves = (host: string): object => ({ slaves: [{ id: 'S0', pid: `slave(1)@${host}:5051` }] });
  const known = await load({ 'a:1': { body: state('a:1', slaves('known')) } }, ['a:1']);
  t.strictSame(known.view?.hostAddresses.get('known'), ['10.9.9.9']);
  const unknown = await load({ 'a:1': { body: state('a:1', slaves('unknown')) } }, ['a:1']);
  t.match(unknown.error, /unknown, in a pid of the state, has no address/);
  const framework = { frameworks: [{ name: 'f', hostname: 'unknown' }] };
  t.ok((await load({ 'a:1': { body: state('a:1', framework) } }, ['a:1'])).view, 'a framework goes without');
});
