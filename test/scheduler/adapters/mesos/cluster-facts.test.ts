import { readFileSync } from 'node:fs';
import t from 'tap';
import type { HttpClient } from '../../../../src/common/http-client.js';
import { agentAddressOf } from '../../../../src/scheduler/adapters/mesos/agent-address.js';
import { createClusterFacts } from '../../../../src/scheduler/adapters/mesos/cluster-facts.js';
import { resourceFactsOf } from '../../../../src/scheduler/adapters/mesos/resource-facts.js';
import { masterAccess } from '../../../support/master-access.js';
import { sharedPath } from '../../../support/shared.js';

/** A master that answers what `answers` says, by the type of the call or the path. */
function fakeHttp(asked: string[], answers: Readonly<Record<string, object>>): HttpClient {
  return {
    async request({ url, body }) {
      const what = body === undefined ? new URL(url).pathname : (JSON.parse(body) as { readonly type: string }).type;
      asked.push(what);
      const answer = answers[what];
      return answer === undefined
        ? { status: 503, headers: {}, body: 'not now' }
        : { status: 200, headers: {}, body: JSON.stringify(answer) };
    },
    stream: () => Promise.reject(new Error('no streams here')),
    close: async () => undefined,
  };
}

const scalar = (name: string, value: number, role = '*'): object => ({ name, type: 'SCALAR', scalar: { value }, role });
const agentOf = (id: string, more: object = {}): object => ({
  agent_info: { hostname: `${id}.example`, port: 5052, id: { value: id } },
  active: true,
  version: '1.11.0',
  pid: 'slave(1)@10.0.0.1:5052',
  ...more,
});

t.test('agents: sums over roles, tasks of all frameworks, and why one offers nothing', async (t) => {
  const asked: string[] = [];
  const start = { nanoseconds: 5e9 };
  const http = fakeHttp(asked, {
    GET_AGENTS: {
      get_agents: {
        agents: [
          agentOf('S1', {
            registered_time: { nanoseconds: 1e9 },
            total_resources: [scalar('cpus', 4), scalar('cpus', 0.1, 'dev'), scalar('mem', 100), scalar('gpus', 1)],
            allocated_resources: [scalar('cpus', 0.1), scalar('cpus', 0.2)],
          }),
          agentOf('S2', { drain_info: {} }),
          agentOf('S3'),
        ],
      },
    },
    GET_MAINTENANCE_SCHEDULE: {
      get_maintenance_schedule: {
        schedule: {
          windows: [
            { machine_ids: [{ hostname: 's3.example' }], unavailability: { start, duration: { nanoseconds: 10e9 } } },
          ],
        },
      },
    },
    '/state-summary': { slaves: [{ id: 'S1', TASK_RUNNING: 2, TASK_STAGING: 1, TASK_FINISHED: 40 }] },
  });
  let nowMs = 6_000;
  const facts = createClusterFacts(masterAccess(http, ['m1:5050']), { clock: () => nowMs });
  const [agents, others] = await Promise.all([facts.agents(), facts.agents()]);
  t.equal(agents, others, 'who asks meanwhile gets the same answer');
  t.equal(asked.length, 3);
  t.match(agents, [
    {
      id: 'S1',
      host: 'S1.example',
      address: '10.0.0.1:5052',
      registeredAtMs: 1000,
      total: { cpus: 4.1, memMib: 100, gpus: 1, diskMib: 0, ports: '[]' },
      used: { cpus: 0.3 },
      tasks: 3,
      withheld: undefined,
    },
    { id: 'S2', withheld: 'it is being drained', tasks: 0 },
    {
      id: 'S3',
      withheld: 'it is under maintenance since 1970-01-01T00:00:05.000Z, until 1970-01-01T00:00:15.000Z',
    },
  ]);
  nowMs = 16_000;
  t.match(await facts.agents(), [{}, {}, { withheld: undefined }], 'the maintenance is over');
  t.equal(asked.length, 6);
});

t.test('when no master answers, it is asked again by the next one', async (t) => {
  const asked: string[] = [];
  const facts = createClusterFacts(masterAccess(fakeHttp(asked, {}), ['m1:5050']), { clock: () => 0 });
  await t.rejects(facts.frameworks(), /no Mesos master told of its frameworks \(m1:5050: .*503/);
  const before = asked.length;
  await t.rejects(facts.frameworks());
  t.ok(asked.length > before);
});

t.test('ranges that touch are one', (t) => {
  const ports = (...range: readonly (readonly [number, number])[]): string =>
    resourceFactsOf([
      { name: 'ports', type: 'RANGES', ranges: { range: range.map(([begin, end]) => ({ begin, end })) } },
    ]).ports;
  t.equal(ports([31010, 31010], [31000, 31004], [31005, 31006]), '[31000-31006, 31010-31010]');
  t.equal(ports([1, 10], [2, 3]), '[1-10]');
  t.equal(ports(), '[]');
  t.end();
});

t.test('where an agent is asked', (t) => {
  const agent = { pid: 'slave(1)@10.0.0.1:5052', agent_info: { hostname: 'a.example', port: 5052 } };
  t.equal(agentAddressOf(agent, 'http'), '10.0.0.1:5052');
  t.equal(agentAddressOf(agent, 'https'), 'a.example:5052', 'a certificate is for a name');
  t.equal(agentAddressOf({ agent_info: { hostname: 'a.example' } }, 'http'), 'a.example:5051');
  t.equal(agentAddressOf({ agent_info: { hostname: '' } }, 'http'), undefined);
  t.equal(agentAddressOf({ ...agent, pid: 'slave(1)@[2001:db8::1]:5051' }, 'http'), '[2001:db8::1]:5051');
  t.end();
});

/** The body of an answer that a real master gave; undefined where the recordings are not there. */
function recorded(name: string): object | undefined {
  const path = sharedPath(`recordings/mesos/${name}.txt`);
  if (path === undefined) return undefined;
  const text = readFileSync(path, 'utf8');
  const answer = text.slice(text.indexOf('<<< RESPONSE'));
  return JSON.parse(answer.slice(answer.search(/\r?\n\r?\n/)).trim()) as object;
}

const summary = recorded('15-two-agents-master-GET-state-summary');

t.test('as a real master tells it', { skip: summary === undefined && 'the recordings are not here' }, async (t) => {
  const http = fakeHttp([], {
    GET_AGENTS: recorded('15-two-agents-master-api-v1-GET_AGENTS') ?? {},
    GET_MAINTENANCE_SCHEDULE: recorded('12-master-api-v1-GET_MAINTENANCE_SCHEDULE') ?? {},
    GET_FRAMEWORKS: recorded('12-master-api-v1-GET_FRAMEWORKS') ?? {},
    '/state-summary': summary ?? {},
  });
  const facts = createClusterFacts(masterAccess(http, ['m1:5050']), { clock: () => 0 });
  t.match(await facts.agents(), [
    {
      host: '127.0.0.1',
      address: '127.0.0.1:5052',
      total: { cpus: 5, memMib: 8704, diskMib: 20_000, gpus: 0, ports: '[32000-32099, 32200-32299]' },
      used: { cpus: 0, memMib: 0, diskMib: 0, gpus: 0, ports: '[]' },
      attributes: { rack: 'r2', level: '10', speed: '2.5', ids: '[1-5,9-9]' },
      region: 'region-2',
      zone: 'zone-c',
      withheld: undefined,
      tasks: 0,
    },
    { address: '127.0.0.1:5051', region: 'region-1' },
  ]);
  t.match(await facts.frameworks(), [
    {
      name: 'marathon',
      roles: ['*'],
      active: true,
      connected: true,
      webuiUrl: 'http://127.0.0.1:8080',
      used: { cpus: 0.4, memMib: 128, diskMib: 10, ports: '[31000-31000]' },
      tasks: 0,
    },
  ]);
});
