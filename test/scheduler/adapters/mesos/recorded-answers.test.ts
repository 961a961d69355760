// What a real master answers to calls and subscriptions that it does not take, and what becomes of the connection.
import { readdirSync } from 'node:fs';
import t from 'tap';
import { fakeMaster, world } from '../../../support/mesos-world.js';
import { readRecording } from '../../../support/recordings.js';
import { sharedPath } from '../../../support/shared.js';

interface Case {
  readonly status: number;
  /** In the answer's text. */
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const challenge = { 'www-authenticate': 'Basic realm="mesos-master-scheduler"' };
const stale =
  "The stream ID 'nonsense' included in this request didn't match the stream ID currently associated with framework ID f";

/** Answers to a call after which the framework subscribes again. */
const ends: readonly Case[] = [
  { status: 307, text: '', headers: { location: '//127.0.0.1:9/master/api/v1/scheduler' } },
  { status: 400, text: 'Framework cannot be found' },
  { status: 400, text: stale },
  { status: 400, text: "All non-subscribe calls should include the 'Mesos-Stream-Id' header" },
  { status: 401, text: '401 Unauthorized.', headers: challenge },
  { status: 403, text: 'Framework is not subscribed' },
  { status: 404, text: '404 Not Found.' },
  { status: 405, text: "405 Method Not Allowed. Expecting one of { 'POST' }, but received 'PUT'." },
  { status: 415, text: "Expecting 'Content-Type' of application/json or application/x-protobuf" },
  { status: 503, text: 'Master has not finished recovery' },
];

/** Answers that are about one call alone. */
const goesOn: readonly Case[] = [
  { status: 400, text: 'Failed to convert JSON into Call protobuf' },
  { status: 400, text: 'Failed to parse body into' },
  { status: 400, text: 'Failed to validate scheduler::Call' },
  { status: 400, text: "Expecting 'Content-Type' to be present" },
  // Not recorded: what an authorizer does not allow this principal
  { status: 403, text: 'Forbidden' },
];

/** Answers to SUBSCRIBE: it is tried again after each of them. */
const refusesSubscription: readonly (Case & { readonly told: RegExp })[] = [
  { status: 503, text: 'No leader elected', told: /HTTP 503: No leader elected/ },
  { status: 404, text: '404 Not Found.', told: /HTTP 404/ },
  {
    status: 401,
    text: '401 Unauthorized.',
    headers: challenge,
    told: /realm=\\"mesos-master-scheduler\\"\): give --mesos_auth/,
  },
  {
    status: 401,
    text: '',
    headers: { 'www-authenticate': 'Bearer' },
    told: /of another kind than HTTP basic .*: Bearer/,
  },
  { status: 403, text: 'no', told: /refuses it to those who send no credentials: HTTP 403: no/ },
  { status: 406, text: "Expecting 'Accept' to allow", told: /HTTP 406/ },
  { status: 400, text: "Subscribe calls should not include the 'Mesos-Stream-Id' header", told: /HTTP 400/ },
  { status: 400, text: 'Failed to validate scheduler::Call', told: /Failed to validate/ },
  { status: 400, text: 'Failed to convert JSON into Call protobuf', told: /Failed to convert/ },
];

for (const { status, text, headers = {} } of ends) {
  t.test(`a call answered ${status} ${text.slice(0, 50)}: subscribes again`, async (t) => {
    const master = await fakeMaster(t);
    const w = world(t, [master.authority]);
    w.start('id-1');
    await w.until('registered');
    let refused = false;
    master.intercept = (call) => {
      if (call.type !== 'REVIVE' || refused) return undefined;
      refused = true;
      return { status, text, headers };
    };
    await w.cluster.send([{ type: 'revive', roles: ['dev'] }]);
    t.same(await w.until('registered', 2), ['registered', 'id-1', master.authority, undefined]);
    t.match(
      w.heard.map(([name]) => name),
      ['registered', 'disconnected', 'registered'],
    );
    const lost = w.log.find(({ message }) => message === 'the connection to Mesos was lost');
    t.match(JSON.stringify(lost?.fields), `Mesos refused revive`);
    t.match(JSON.stringify(lost?.fields), `HTTP ${status}`);
    await w.cluster.send([{ type: 'revive', roles: ['dev'] }]);
    t.equal(master.calls.at(-1)?.type, 'REVIVE', 'the new session takes calls');
  });
}

for (const { status, text } of goesOn) {
  t.test(`a call answered ${status} ${text}: the session goes on`, async (t) => {
    const master = await fakeMaster(t);
    const w = world(t, [master.authority]);
    w.start();
    await w.until('registered');
    master.intercept = (call) => (call.type === 'KILL' ? { status, text } : undefined);
    await w.cluster.send([
      { type: 'kill', taskId: 't1', agentId: 'S0' },
      { type: 'revive', roles: ['dev'] },
    ]);
    t.same(
      master.calls.map(({ type }) => type),
      ['SUBSCRIBE', 'REVIVE'],
    );
    t.match(
      w.log.filter(({ message }) => message === 'Mesos refused a call'),
      [{ fields: { call: 'kill', status, answer: text } }],
    );
    t.equal(w.heard.length, 1);
  });
}

for (const { status, text, headers = {}, told } of refusesSubscription) {
  t.test(`SUBSCRIBE answered ${status} ${text.slice(0, 50)}: tried again`, async (t) => {
    const master = await fakeMaster(t);
    let answers = 0;
    master.intercept = () => (answers++ < 3 ? { status, text, headers } : undefined);
    const w = world(t, [master.authority]);
    w.start();
    await w.until('registered');
    t.equal(answers, 4);
    t.equal(w.heard.length, 1);
    const tries = w.log.filter(({ message }) => message === 'Mesos cannot be reached, trying again');
    t.equal(tries.length, 1, 'said once');
    t.match(JSON.stringify(tries[0]?.fields), told);
  });
}

const directory = sharedPath('recordings/mesos');

t.test(
  'no recorded answer is left out',
  { skip: directory === undefined && 'the recordings are not here' },
  async (t) => {
    const files = directory === undefined ? [] : readdirSync(directory).filter((file) => file.endsWith('.jsonl'));
    let answers = 0;
    for (const file of files) {
      let asked: { readonly line?: string; readonly body?: unknown } | undefined;
      for (const line of (readRecording(file) ?? []) as ({ readonly line?: string } & NonNullable<typeof asked>)[]) {
        if (line.line?.startsWith('HTTP/') !== true) {
          if (line.line !== undefined) asked = line;
          continue;
        }
        const status = Number(line.line.split(' ')[1]);
        // Requests of the recorder that no client sends: other methods, no JSON
        if (status === 202 || status === 200 || !/^POST .*\/scheduler/.test(asked?.line ?? '')) continue;
        if (typeof asked?.body !== 'object' || asked.body === null) continue;
        const isSubscription = 'type' in asked.body && asked.body.type === 'SUBSCRIBE';
        if (isSubscription && status === 307) continue;
        const known = isSubscription ? refusesSubscription : [...ends, ...goesOn];
        const text = String(line.body);
        const same = (part: string): boolean =>
          text.includes(part) || (part === stale && /didn't match the stream ID/.test(text));
        answers++;
        if (!known.some((c) => c.status === status && same(c.text))) t.fail(`${file}: ${status} ${text}`);
      }
    }
    t.ok(answers > 20, `${answers} answers`);
  },
);
