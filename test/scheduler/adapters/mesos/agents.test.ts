import { readFileSync } from 'node:fs';
import t from 'tap';
import type { HttpClient } from '../../../../src/common/http-client.js';
import { createMesosAgents } from '../../../../src/scheduler/adapters/mesos/agents.js';
import { freeResources } from '../../../../src/scheduler/adapters/mesos/free-resources.js';
import type { Resource } from '../../../../src/mesos/types.js';
import { masterAccess } from '../../../support/master-access.js';
import { sharedPath } from '../../../support/shared.js';

type Answer = { readonly status: number; readonly body: string; readonly location?: string } | 'never';

/** A client that gets what `answer` says for a call to a master; `asked` notes whom it asked for what. */
function fakeHttp(asked: string[], answer: (authority: string, type: string) => Answer): HttpClient {
  return {
    async request({ url, body = '{}', signal }) {
      const { host } = new URL(url);
      const { type } = JSON.parse(body) as { type: string };
      asked.push(`${host} ${type}`);
      const given = answer(host, type);
      if (given === 'never') {
        if (signal === undefined) throw new Error('nobody would ever give up');
        // As a socket would, this keeps the process
        const open = setInterval(() => undefined, 1_000);
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        clearInterval(open);
        throw signal.reason;
      }
      const { status, body: text, location } = given;
      return { status, headers: location === undefined ? {} : { location }, body: text };
    },
    stream: () => Promise.reject(new Error('no streams here')),
    close: async () => undefined,
  };
}

const scalar = (name: string, value: number, more: Partial<Resource> = {}): Resource => ({
  name,
  type: 'SCALAR',
  scalar: { value },
  ...more,
});
const reserved: Partial<Resource> = { role: 'dev', reservations: [{ type: 'STATIC', role: 'dev' }] };

const oneAgent = {
  agent_info: {
    hostname: 'S1.example',
    id: { value: 'S1' },
    attributes: [{ name: 'rack', type: 'TEXT', text: { value: 'r1' } }],
    domain: { fault_domain: { region: { name: 'eu' }, zone: { name: 'a' } } },
  },
  active: true,
  pid: 'slave(1)@10.0.0.1:5051',
  version: '1.11.0',
  total_resources: [scalar('cpus', 4, { role: '*' }), scalar('mem', 1024, { role: '*' })],
  allocated_resources: [scalar('cpus', 1.5, { role: '*', allocation_info: { role: '*' } })],
};

const agentsAnswer = (...agents: readonly object[]): string =>
  JSON.stringify({ type: 'GET_AGENTS', get_agents: { agents, recovered_agents: [] } });
const schedule = (windows?: readonly object[]): string =>
  JSON.stringify({ type: 'GET_MAINTENANCE_SCHEDULE', get_maintenance_schedule: { schedule: { windows } } });

t.test('what is free: by role and reservation, in thousandths, ports one by one', async (t) => {
  const ports = (...range: readonly { begin: number; end: number }[]): Resource => ({
    name: 'ports',
    type: 'RANGES',
    ranges: { range },
  });
  const free = freeResources(
    [scalar('cpus', 4, { role: '*' }), scalar('cpus', 1, reserved), ports({ begin: 31000, end: 31009 })],
    [
      scalar('cpus', 0.1, { role: '*', allocation_info: { role: 'dev' } }),
      scalar('cpus', 0.2, { role: '*', allocation_info: { role: '*' } }),
      scalar('cpus', 1, { ...reserved, allocation_info: { role: 'dev' } }),
      ports({ begin: 31000, end: 31000 }, { begin: 31004, end: 31005 }),
    ],
  );
  t.match(free, [
    { scalar: { value: 3.7 } },
    { scalar: { value: 0 } },
    {
      ranges: {
        range: [
          { begin: 31001, end: 31003 },
          { begin: 31006, end: 31009 },
        ],
      },
    },
  ]);
});

t.test('agents as they would be offered, with their maintenance', async (t) => {
  const asked: string[] = [];
  const window = {
    machine_ids: [{ hostname: 's1.example', ip: '10.0.0.1' }],
    unavailability: { start: { nanoseconds: 5e9 } },
  };
  const draining = {
    ...oneAgent,
    agent_info: { ...oneAgent.agent_info, id: { value: 'S2' }, hostname: 's2' },
    drain_info: {},
  };
  const inactive = { ...draining, drain_info: undefined, active: false };
  const http = fakeHttp(asked, (_, type) => ({
    status: 200,
    body: type === 'GET_AGENTS' ? agentsAnswer(oneAgent, draining, inactive) : schedule([window]),
  }));
  const agents = createMesosAgents(masterAccess(http, ['m1:5050']), '*');
  const [first, second] = await Promise.all([agents.list(), agents.list()]);
  t.equal(first, second, 'who asks meanwhile gets the same answer');
  t.same(asked.sort(), ['m1:5050 GET_AGENTS', 'm1:5050 GET_MAINTENANCE_SCHEDULE']);
  t.match(first, [
    {
      offer: {
        agentId: 'S1',
        hostname: 'S1.example',
        region: 'eu',
        zone: 'a',
        attributes: { rack: { type: 'TEXT', value: 'r1' } },
        unavailability: { startMs: 5000 },
        resources: [{ role: '*', cpus: 2.5, memMib: 1024 }],
      },
      withheld: undefined,
    },
    { offer: { agentId: 'S2', unavailability: undefined }, withheld: 'it is being drained' },
    { withheld: 'it is not connected' },
  ]);
  await agents.list();
  t.equal(asked.length, 4, 'a later question is asked again');
});

t.test('the leading master is found; when none answers, every reason is told', async (t) => {
  const asked: string[] = [];
  const http = fakeHttp(asked, (authority, type) => {
    if (authority === 'm1:5050') return { status: 500, body: 'out of order' };
    if (authority === 'm2:5050') return { status: 307, body: '', location: '//m3:5050/api/v1' };
    return { status: 200, body: type === 'GET_AGENTS' ? agentsAnswer(oneAgent) : schedule() };
  });
  const agents = createMesosAgents(masterAccess(http, ['m1:5050', 'm2:5050']), '*');
  t.equal((await agents.list()).length, 1);
  const broken = createMesosAgents(masterAccess(http, ['m1:5050']), '*');
  await t.rejects(broken.list(), { message: /no Mesos master told of its agents \(m1:5050: .*out of order/ });
});

t.test('a master that takes connections and says nothing leaves time for the next one', async (t) => {
  const asked: string[] = [];
  const http = fakeHttp(asked, (authority, type) => {
    if (authority === 'frozen:5050') return 'never';
    return { status: 200, body: type === 'GET_AGENTS' ? agentsAnswer(oneAgent) : schedule() };
  });
  const agents = createMesosAgents(masterAccess(http, ['frozen:5050', 'm2:5050']), '*', { timeoutMs: 500 });
  t.equal((await agents.list()).length, 1);
  t.ok(asked.includes('m2:5050 GET_AGENTS'));
});

const path = sharedPath('recordings/mesos/15-two-agents-master-api-v1-GET_AGENTS.txt');

t.test('as a real master tells it', { skip: path === undefined && 'the recordings are not here' }, async (t) => {
  if (path === undefined) return;
  const text = readFileSync(path, 'utf8');
  const recorded = text.slice(text.indexOf('{"type":"GET_AGENTS","get_agents"')).trim();
  const http = fakeHttp([], (_, type) => ({ status: 200, body: type === 'GET_AGENTS' ? recorded : schedule() }));
  const agents = await createMesosAgents(masterAccess(http, ['m:5050']), '*').list();
  t.same(
    agents.map(({ offer }) => [offer.region, offer.resources.map(({ role, cpus, memMib }) => [role, cpus, memMib])]),
    [
      [
        'region-2',
        [
          ['*', 4, 8192],
          ['dev', 1, 512],
        ],
      ],
      ['region-1', [['*', 2, 4096]]],
    ],
  );
});
