import { readFileSync } from 'node:fs';
import t from 'tap';
import type { Test } from 'tap';
import type { OperatorEvent } from '../../../src/mesos/types.js';
import { startFakeMaster } from '../../support/fake-operator-master.js';
import type { FakeMaster } from '../../support/fake-operator-master.js';
import { sharedPath } from '../../support/shared.js';
import { waitFor } from '../../support/wait.js';
import { startTestDns } from '../support/server.js';

const recordings = sharedPath('recordings/mesos');
const skip = recordings === undefined && 'no recordings';

/** The changes that a real master told in this recording, in order. */
function changesIn(file: string): OperatorEvent[] {
  return readFileSync(`${recordings ?? ''}/${file}`, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .flatMap((line) => (JSON.parse(line) as { record?: OperatorEvent }).record ?? [])
    .filter(({ type }) => type !== 'SUBSCRIBED' && type !== 'HEARTBEAT');
}

/** A name server whose view has been checked against the master once, so that only events change it from now on. */
async function watching(t: Test): Promise<{ master: FakeMaster; addressesOf: (name: string) => Promise<string[]> }> {
  const master = await startFakeMaster();
  t.teardown(() => master.stop());
  const dns = await startTestDns(t, { master: master.authority });
  await dns.synced();
  await waitFor('the first cross-check', () => master.asked.state > 0);
  return {
    master,
    async addressesOf(name) {
      const answer = (await (await fetch(`${dns.http}/v1/hosts/${name}`)).json()) as { ip: string }[];
      return answer.map(({ ip }) => ip).filter((ip) => ip !== '');
    },
  };
}

t.test('the events of a real master, from agent to framework removed', { skip }, async (t) => {
  const { master, addressesOf } = await watching(t);
  const changes = changesIn('12-operator-subscribe-stream.jsonl');
  const killing = changes.findIndex(
    (change) =>
      change.type === 'TASK_UPDATED' &&
      change.task_updated.state === 'TASK_KILLING' &&
      change.task_updated.status.task_id.value === 'op-web.1',
  );
  t.ok(killing > 0);
  for (const change of changes.slice(0, killing)) master.send(change);
  await waitFor('its task', async () => (await addressesOf('op-web.marathon.mesos')).length === 1);
  t.strictSame(await addressesOf('slave.mesos'), ['127.0.0.1']);
  await waitFor('the pod', async () => (await addressesOf('op-pod.marathon.mesos')).length === 1);
  t.strictSame(await addressesOf('op-short.marathon.mesos'), [], 'it ended');
  for (const change of changes.slice(killing)) master.send(change);
  await waitFor('all tasks gone', async () => (await addressesOf('op-pod.marathon.mesos')).length === 0);
  t.strictSame(await addressesOf('op-web.marathon.mesos'), []);
  await waitFor('the framework gone', async () => (await addressesOf('marathon.mesos')).length === 0);
});

t.test('the events of a real master whose agent leaves and comes back', { skip }, async (t) => {
  const { master, addressesOf } = await watching(t);
  const changes = changesIn('09b-operator-stream-agent-removed-and-added.jsonl');
  const agent = changes.find(({ type }) => type === 'AGENT_ADDED');
  const leaving = changes.findIndex((change) => {
    return change.type === 'TASK_UPDATED' && change.task_updated.state === 'TASK_LOST';
  });
  const left = changes.find((change) => change.type === 'AGENT_REMOVED');
  if (agent?.type !== 'AGENT_ADDED' || left === undefined || leaving < 0)
    throw new Error('another recording than before');
  // It was there when the recording began, under the id that it left with.
  const { agent_info: info, ...rest } = agent.agent_added.agent;
  const first = { ...rest, agent_info: { ...info, id: left.agent_removed.agent_id } };
  master.send({ type: 'AGENT_ADDED', agent_added: { agent: first } });
  for (const change of changes.slice(0, leaving)) master.send(change);
  await waitFor('the task', async () => (await addressesOf('gone.marathon.mesos')).length === 1);
  t.strictSame(await addressesOf('127-0-0-1.agent.mesos'), ['127.0.0.1']);
  for (const change of changes.slice(leaving, changes.indexOf(agent))) master.send(change);
  await waitFor('the agent gone', async () => (await addressesOf('127-0-0-1.agent.mesos')).length === 0);
  t.strictSame(await addressesOf('gone.marathon.mesos'), []);
  master.send(agent);
  await waitFor('the agent back', async () => (await addressesOf('127-0-0-1.agent.mesos')).length === 1);
  t.strictSame(await addressesOf('gone.marathon.mesos'), [], 'without the task');
});
