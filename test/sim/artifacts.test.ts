import t from 'tap';
import { MutableState } from '../../src/scheduler/core/mutable-state.js';
import type { Input } from '../../src/scheduler/core/inputs.js';
import { runTurn } from '../../src/scheduler/core/step.js';
import type { Turn } from '../../src/scheduler/core/step.js';
import { loadState } from '../../src/scheduler/core/load.js';
import { anOffer } from '../support/scheduler-fixtures.js';
import { settings } from './simulated-world.js';
import { launchedTasks } from '../support/launched-tasks.js';

const url = 'http://files.example/app.tgz';
const command = (update: object): Input => ({
  type: 'command',
  requestId: 1,
  command: {
    type: 'createApp',
    update: { id: '/a', cmd: './run', cpus: 0.1, mem: 8, ...update },
    force: false,
    origin: { clientIp: '', uri: '' },
  },
});

interface Scheduler {
  readonly state: MutableState;
  readonly turn: (...inputs: Input[]) => Turn;
}

function start(state = new MutableState()): Scheduler {
  let ids = 0;
  const turn = (...inputs: Input[]): Turn => {
    const result = runTurn(
      state,
      inputs,
      { ...settings, artifactStore: 'file:///artifacts' },
      { nowMs: 1e12 + ids * 1000, uuid: () => `u${ids++}`, random: () => 0 },
    );
    for (const { error } of result.failures) throw error;
    return result;
  };
  turn({ type: 'registered', frameworkId: 'F', master: 'm' });
  return { state, turn };
}

const types = ({ effects }: Turn): string[] => effects.events.map(({ type }) => type);

t.test('what is new is downloaded before anything starts, once, and fetched by the tasks', async (t) => {
  const { turn, state } = start();
  const created = turn(command({ storeUrls: [url] }));
  t.same(created.effects.downloads, [url]);
  const [deployment] = state.deployments.values();
  t.same(
    deployment?.steps.map(({ actions }) => actions.map(({ action }) => action)),
    [['ResolveArtifacts'], ['StartApplication'], ['ScaleApplication']],
  );
  t.same(turn({ type: 'offers', offers: [anOffer({})] }).effects.calls, [
    { type: 'decline', offerIds: ['O1'], refuseSeconds: 120 },
  ]);
  t.same(turn(command({ id: '/b', storeUrls: [url] })).effects.downloads, [], 'it is on its way already');

  const resolved = turn({ type: 'artifact', url, result: { uri: 'http://leader/v2/artifacts/1/app.tgz' } });
  t.ok(types(resolved).includes('deployment_step_success'));
  const { effects } = turn({ type: 'offers', offers: [anOffer({}, { id: 'O2' })] });
  const [accept] = effects.calls;
  if (accept?.type !== 'accept') throw new Error(JSON.stringify(effects.calls));
  t.same(
    launchedTasks([accept]).map((task) => task.fetch),
    Array(2).fill([{ uri: 'http://leader/v2/artifacts/1/app.tgz', extract: true, executable: false, cache: false }]),
  );
});

t.test('what cannot be had fails the deployment; the app waits and says why', async (t) => {
  const { turn, state } = start();
  turn(command({ storeUrls: [url] }));
  const failed = turn({ type: 'artifact', url, result: { error: '404 from files.example' } });
  t.match(failed.effects.events, [
    { type: 'deployment_step_failure' },
    { type: 'deployment_failed', reason: '404 from files.example' },
  ]);
  t.equal(state.deployments.size, 0);
  const { effects } = turn({ type: 'offers', offers: [anOffer({})] });
  t.match(effects.calls, [{ type: 'decline' }]);
  t.match(
    [...(state.queue.get('/a')?.offers.lastRefusals.values() ?? [])],
    [{ refusals: [{ needed: `${url} in the artifact store`, had: '404 from files.example' }] }],
  );
  const again = turn({ ...command({}), command: { type: 'restartApp', id: '/a', force: false } } as Input);
  t.same(again.effects.downloads, [url], 'another try');
});

t.test('what no app wants any more is not remembered', async (t) => {
  const { turn, state } = start();
  const other = 'http://files.example/other.tgz';
  const gone = 'http://files.example/gone.tgz';
  turn(command({ instances: 0, storeUrls: [url, url, other] }));
  for (const known of [url, other]) turn({ type: 'artifact', url: known, result: { uri: `stored:${known}` } });
  turn(command({ id: '/b', instances: 0, storeUrls: [gone, url] }));
  turn({ type: 'artifact', url: gone, result: { error: '404' } });
  t.same([...state.artifacts.keys()], [url, other]);
  t.same([...state.artifactErrors], [[gone, '404']]);

  const change = { type: 'updateApps', updates: [{ id: '/a', update: { storeUrls: [url] } }], partial: true };
  const options = { mayCreate: false, force: true, origin: { clientIp: '', uri: '' } };
  turn({ ...command({}), command: { ...change, ...options } } as Input);
  t.same([...state.artifacts.keys()], [url], 'what is named before and after stays known');
  const late = turn({ type: 'artifact', url: other, result: { uri: 'late' } });
  t.same(late.effects.events, []);
  t.notOk(state.artifacts.has(other), 'an answer that nobody waits for');

  for (const id of ['/a', '/b']) turn({ ...command({}), command: { type: 'deleteApp', id, force: true } } as Input);
  t.same([state.artifacts.size, state.artifactErrors.size, state.storeUrls.size], [0, 0, 0]);
});

t.test('after a start everything is asked for again', async (t) => {
  const { turn } = start();
  const { effects } = turn(command({ storeUrls: [url] }));
  const state = loadState(
    new Map(effects.store.flatMap(({ key, value }) => (value === undefined ? [] : [[key, value]]))),
  );
  const loaded = start(state).turn({ type: 'loaded' });
  t.same(loaded.effects.downloads, [url]);
});

t.test('without a store they are refused', async (t) => {
  const state = new MutableState();
  const surroundings = { nowMs: 0, uuid: () => 'u', random: () => 0 };
  const { effects } = runTurn(state, [command({ storeUrls: [url] })], settings, surroundings);
  t.match(effects.replies, [
    {
      outcome: { type: 'rejected', rejection: { violations: [{ path: '/storeUrls', errors: [/--artifact_store/] }] } },
    },
  ]);
});
