import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import t from 'tap';
import type { Test } from 'tap';
import { createHttpClient } from '../../../../src/common/http-client.js';
import { createAgentFiles } from '../../../../src/scheduler/adapters/mesos/agent-files.js';
import { AgentAwayError, AgentRefusalError } from '../../../../src/scheduler/ports/agent-files.js';
import type { AgentFiles } from '../../../../src/scheduler/ports/agent-files.js';
import { listenOnFreePort } from '../../../support/listen.js';
import { masterAccess } from '../../../support/master-access.js';
import { sharedPath } from '../../../support/shared.js';

type Handler = (url: URL, response: ServerResponse, request: IncomingMessage) => void;

/** A server that is a master with one agent, S1, and that agent. */
async function startMesos(
  t: Test,
  answer: Handler,
  { headers = {}, clock = () => 0 }: { headers?: Record<string, string>; clock?: () => number } = {},
): Promise<{ files: AgentFiles; asked: string[]; port: () => number }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://x');
    asked.push(`${request.method ?? ''} ${url.pathname}`);
    answer(url, response, request);
  });
  const port = await listenOnFreePort(t, server);
  const http = createHttpClient({ timeoutMs: 5_000 });
  t.teardown(() => http.close());
  const files = createAgentFiles(masterAccess(http, [`127.0.0.1:${port}`], headers), { clock });
  return { files, asked, port: () => port };
}

const agents = (request: IncomingMessage, ...ids: readonly string[]): string =>
  JSON.stringify({
    type: 'GET_AGENTS',
    get_agents: {
      agents: ids.map((id) => ({
        agent_info: { hostname: 'nobody.invalid', id: { value: id } },
        active: true,
        version: '1.11.0',
        pid: `slave(1)@127.0.0.1:${request.socket.localPort ?? 0}`,
      })),
    },
  });

t.test('bytes are what they are in the file, be they UTF-8 or not', async (t) => {
  const bytes = Buffer.from([0x61, 0xc3, 0xbc, 0xff, 0x00, 0x22, 0x5c, 0x0a, 0x80, 0xf0, 0x9f]);
  const { files, asked } = await startMesos(
    t,
    (url, response, request) => {
      if (url.pathname === '/api/v1') return response.end(agents(request, 'S1'));
      t.equal(request.headers.authorization, 'Basic x');
      if (url.searchParams.get('offset') === '-1') return response.end('{"data":"","offset":11}');
      t.match(Object.fromEntries(url.searchParams), { path: '/a b/ü&x', offset: '0', length: '65536' });
      return response.end(Buffer.from(JSON.stringify({ data: bytes.toString('latin1'), offset: 0 }), 'latin1'));
    },
    { headers: { authorization: 'Basic x' } },
  );
  t.equal(await files.sizeOf('S1', '/a b/ü&x'), 11);
  t.same(await files.read('S1', '/a b/ü&x', 0, 1 << 20), bytes);
  t.same(asked, ['POST /api/v1', 'GET /files/read', 'GET /files/read'], 'where the agent is, is known for a while');
});

t.test('what an agent says no to', async (t) => {
  let status = 404;
  let body = '';
  const { files } = await startMesos(t, (url, response, request) => {
    if (url.pathname === '/api/v1') return response.end(agents(request, 'S1'));
    return response.writeHead(status).end(body);
  });
  t.equal(await files.browse('S1', '/x'), undefined);
  t.equal(await files.sizeOf('S1', '/x'), undefined);
  t.equal(await files.fetch('S1', '/x', new AbortController().signal), undefined);
  [status, body] = [400, 'Cannot read a directory.\n'];
  await t.rejects(files.read('S1', '/x', 0, 1), new AgentRefusalError('Cannot read a directory.'));
  [status, body] = [401, ''];
  await t.rejects(files.read('S1', '/x', 0, 1), /answers 401.*--mesos_authentication_principal/);
  [status, body] = [307, ''];
  await t.rejects(files.read('S1', '/x', 0, 1), /answers 307/);
  [status, body] = [200, JSON.stringify({ data: 'x'.repeat(1 << 20), offset: 0 })];
  await t.rejects(files.read('S1', '/x', 0, 1), /larger than/);
});

t.test('agents that are not there', async (t) => {
  let nowMs = 0;
  let known: readonly string[] = ['S1'];
  const { files, asked } = await startMesos(
    t,
    (url, response, request) => {
      if (url.pathname === '/api/v1') return response.end(agents(request, ...known));
      return request.socket.destroy();
    },
    { clock: () => nowMs },
  );
  await t.rejects(files.browse('S1', '/x'), AgentAwayError);
  await t.rejects(files.browse('S2', '/x'), /S2 is not registered/);
  await t.rejects(files.browse('S2', '/x'), /S2 is not registered/);
  t.equal(asked.filter((one) => one === 'POST /api/v1').length, 1, 'the master is not asked for each of them');
  nowMs += 3_000;
  known = ['S1', 'S2'];
  await t.rejects(files.browse('S2', '/x'), /does not answer/, 'it has come meanwhile');
});

t.test('while no master leads, agents stay where they were', async (t) => {
  let nowMs = 0;
  let leads = false;
  let status = 200;
  const { files } = await startMesos(
    t,
    (url, response, request) => {
      if (url.pathname === '/files/read') return response.writeHead(status).end('{"data":"","offset":7}');
      return leads ? response.end(agents(request, 'S1')) : request.socket.destroy();
    },
    { clock: () => nowMs },
  );
  await t.rejects(files.sizeOf('S1', '/x'), AgentAwayError, 'nobody has ever said where it is');
  leads = true;
  t.equal(await files.sizeOf('S1', '/x'), 7);
  leads = false;
  nowMs += 60_000;
  t.equal(await files.sizeOf('S1', '/x'), 7);
  nowMs += 60_000;
  t.equal(await files.sizeOf('S1', '/x'), 7, 'again');
  status = 503;
  await t.rejects(files.sizeOf('S1', '/x'), AgentAwayError, 'it is being started');
});

t.test('a task that the master knows, and one that it does not', async (t) => {
  const { files } = await startMesos(t, (url, response) => {
    t.equal(url.searchParams.get('framework_id'), 'F');
    const tasks = [
      { id: 'a', slave_id: 'S1', executor_id: '' },
      { id: 'b', slave_id: 'S2', executor_id: 'instance-b' },
    ].filter(({ id }) => id === url.searchParams.get('task_id'));
    return response.end(JSON.stringify({ tasks }));
  });
  t.same(await files.findTask('F', 'a'), { agentId: 'S1', executorId: undefined });
  t.same(await files.findTask('F', 'b'), { agentId: 'S2', executorId: 'instance-b' });
  t.equal(await files.findTask('F', 'c'), undefined);
});

/** The body of an answer that a real Mesos gave; undefined where the recordings are not there. */
function recorded(name: string): string | undefined {
  const path = sharedPath(`recordings/mesos/${name}.txt`);
  if (path === undefined) return undefined;
  const text = readFileSync(path, 'utf8');
  const answer = text.slice(text.indexOf('<<< RESPONSE'));
  return answer.slice(answer.search(/\r?\n\r?\n/)).trim();
}

const names = ['12-master-api-v1-GET_AGENTS', '12-agent-GET-state', '12-agent-GET-files-browse-pod-task-sandbox'];
const recordings = names.map(recorded);

t.test('a real agent', { skip: recordings.includes(undefined) && 'the recordings are not here' }, async (t) => {
  const [agentsAnswer = '', state = '', listing = ''] = recordings;
  const { files } = await startMesos(t, (url, response, request) => {
    if (url.pathname === '/api/v1') {
      return response.end(agentsAnswer.replaceAll(':5051', `:${request.socket.localPort ?? 0}`));
    }
    if (url.pathname === '/state') return response.end(state);
    if (url.pathname === '/files/browse') return response.end(listing);
    const name = url.searchParams.get('offset') === '-1' ? 'stdout-offset-minus-1' : 'stdout';
    return response.end(recorded(`12-agent-GET-files-read-${name}`));
  });
  const agentId = /"id":\{"value":"([^"]+-S0)"\}/.exec(agentsAnswer)?.[1] ?? '';
  const frameworkId = agentId.replace(/S0$/, '0000');
  const work = /"directory":"([^"]+\/slaves)\//.exec(state)?.[1] ?? 'not in the recording';
  const ofApp = await files.sandboxOf(agentId, frameworkId, 'op-web.1');
  t.match(ofApp, `${work}/${agentId}/frameworks/${frameworkId}/executors/op-web.1/runs/`);
  const ofPod = (await files.sandboxOf(agentId, frameworkId, 'op-pod.1.c1')) ?? '';
  t.match(ofPod, /\/executors\/instance-op-pod\.1\/runs\/[0-9a-f-]+\/tasks\/op-pod\.1\.c1$/);
  t.ok(await files.sandboxOf(agentId, frameworkId, 'op-fails.1'), 'of a task that has ended');
  t.same(await Promise.all(['never', 'nor'].map((id) => files.sandboxOf(agentId, frameworkId, id))), [
    undefined,
    undefined,
  ]);
  t.equal(await files.sandboxOf(agentId, 'another', 'op-web.1'), undefined);
  t.same(
    (await files.browse(agentId, ofPod))?.map(({ path, size, owner, mode }) => [path, size, owner, mode]),
    [
      [`${ofPod}/stderr`, 0, 'root', '-rw-r--r--'],
      [`${ofPod}/stdout`, 7, 'root', '-rw-r--r--'],
    ],
  );
  t.equal(await files.sizeOf(agentId, `${ofApp ?? ''}/stdout`), 8);
  t.same(await files.read(agentId, `${ofApp ?? ''}/stdout`, 0, 8), Buffer.from('serving\n'));
});
