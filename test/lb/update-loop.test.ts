import t from 'tap';
import type { Test } from 'tap';
import { join } from 'node:path';
import type { CatalogPosition } from '../../src/catalog/types.js';
import { silentLogger } from '../../src/common/logger.js';
import type { ApplyOutcome, Configuration, ProxyControl } from '../../src/lb/apply/proxy-control.js';
import { generationMark } from '../../src/lb/compile/compile.js';
import { HostAddresses } from '../../src/lb/host-addresses.js';
import { KeptDecisions } from '../../src/lb/kept-decisions.js';
import { RenderError } from '../../src/lb/render/renderer.js';
import { UpdateLoop } from '../../src/lb/update-loop.js';
import { catalogOf, readingRules } from '../support/compile-input.js';
import { catalogApp, catalogInstance } from '../support/fake-catalog.js';
import { proxySettings } from '../support/proxy-settings.js';
import { waitFor } from '../support/wait.js';

const text = `global
  description ekiden-lb generation ${generationMark}
  stats socket /run/h.sock level admin expose-fd listeners
`;

/** A loop over an HAProxy that answers reloads with `reload`; `running` is the text that it runs. */
async function setUp(t: Test, reload: ApplyOutcome) {
  const catalog = catalogOf(
    [catalogApp('/web', 10_000)],
    [
      catalogInstance('/web', 'gone', [31_000], { draining: true }),
      catalogInstance('/web', 'stuck', [31_001], { draining: true }),
    ],
  );
  catalog.position = { epoch: 'e', seq: 7 };
  const state = { running: '', isSlow: false };
  const modes: boolean[] = [];
  const control: ProxyControl = {
    get running() {
      return { pid: 1, text: state.running, generation: undefined };
    },
    oldProcesses: 0,
    problem: undefined,
    isUntidy: false,
    isAvailable: () => Promise.resolve(true),
    noticeDeath: () => false,
    adopt: () => Promise.resolve(true),
    startLastGood: () => Promise.resolve(undefined),
    apply(_configuration: Configuration, { mayReload }): Promise<ApplyOutcome> {
      modes.push(mayReload);
      return Promise.resolve(mayReload ? reload : { kind: 'postponed', reasons: [], changes: [] });
    },
    drained: (leaving) => Promise.resolve(leaving.map(({ taskId }) => taskId)),
    tidy: () => Promise.resolve(),
    remember: () => Promise.resolve(),
    settle: () => Promise.resolve(),
    end: () => Promise.resolve(),
  };
  const told: [CatalogPosition, readonly string[]][] = [];
  const decisions = await KeptDecisions.open(join(t.testdir(), 'decisions.json'), silentLogger);
  const loop = new UpdateLoop({
    inputs: () => ({ catalog, synced: true, rules: new Map(), template: 'T' }),
    settings: proxySettings(),
    reading: readingRules(),
    control,
    renderer: {
      render() {
        if (!state.isSlow) return Promise.resolve(text);
        state.isSlow = false;
        return Promise.reject(new RenderError('took longer than 2000 ms'));
      },
      close: () => Promise.resolve(),
    },
    addresses: new HostAddresses(),
    decisions,
    reloadIntervalMs: 0,
    acknowledge: (position, drained) => told.push([position, drained]),
    logger: silentLogger,
  });
  t.teardown(() => loop.close());
  return { catalog, loop, modes, state, told };
}

t.test('what is refused for good holds up no drain', async (t) => {
  const { catalog, loop, modes, state, told } = await setUp(t, {
    kind: 'refused',
    message: 'no certificate',
    lines: [],
  });
  state.isSlow = true;
  await loop.start();
  await waitFor('the template to be tried again, without a change', () => Promise.resolve(modes.length > 0));
  await waitFor('the receipt', () => Promise.resolve(told.length > 0));
  t.same(told.at(-1)?.[0], { epoch: 'e', seq: 7 });
  t.same([...(told.at(-1)?.[1] ?? [])].sort(), ['gone', 'stuck'], 'the process has neither');
  t.same(modes.slice(modes.indexOf(true)).slice(0, 2), [true, false], 'and was told what it can be told');

  state.running = 'backend of_before\n  server stuck 127.0.0.1:31001\n';
  told.length = 0;
  catalog.change({
    apps: [catalogApp('/web', 10_001)],
    removedApps: [],
    instances: [],
    removedInstances: [],
  });
  catalog.position = { epoch: 'e', seq: 8 };
  loop.changed();
  await waitFor('the next receipt', () => Promise.resolve(told.length > 0));
  t.same(told.at(-1), [{ epoch: 'e', seq: 8 }, ['gone']], 'what the process has still is not drained');
});

t.test('nor does a reload that fails, and is only tried again later', async (t) => {
  const { catalog, loop, modes, told } = await setUp(t, { kind: 'failed', message: 'no memory' });
  await loop.start();
  await waitFor('the receipt', () => Promise.resolve(told.length > 0));
  t.same(modes, [true, false]);
  told.length = 0;
  const next = catalogInstance('/web', 'next', [31_002], { draining: true });
  catalog.change({ apps: [], removedApps: [], instances: [next], removedInstances: [] });
  catalog.position = { epoch: 'e', seq: 8 };
  loop.changed();
  await waitFor('the next receipt', () => Promise.resolve(told.length > 0));
  t.same(modes.slice(2), [false], 'before another reload is tried');
  t.same(told[0]?.[0], { epoch: 'e', seq: 8 });
  t.ok(told[0]?.[1].includes('next'));
});
