import t from 'tap';
import type { Test } from 'tap';
import type { Limited, LimitWatchOptions } from '../../../../src/cluster/agent/limits/limit-watch.js';
import { LimitWatch } from '../../../../src/cluster/agent/limits/limit-watch.js';
import { silentLogger } from '../../../../src/common/logger.js';
import { memoryLogger } from '../../../support/memory-logger.js';
import { waitFor } from '../../../support/wait.js';

interface Jar extends Limited {
  readonly name: string;
}

function startWatch(t: Test, changes: Partial<LimitWatchOptions<Jar>>): LimitWatch<Jar> {
  const watch = new LimitWatch<Jar>({
    logger: silentLogger,
    intervalMs: 1,
    maxShare: 1,
    look: () => Promise.resolve(() => Promise.resolve(0)),
    logExceeded: () => undefined,
    ...changes,
  });
  t.teardown(() => watch.close());
  return watch;
}

t.test('what uses more than it may is told once, what uses all of it is not', async (t) => {
  const content = new Map([
    ['full', 10],
    ['over', 10],
    ['stopped', 10],
  ]);
  const looked: string[] = [];
  const told: [string, number][] = [];
  const logged: string[] = [];
  const watch = startWatch(t, {
    look: () =>
      Promise.resolve(({ name }) => {
        looked.push(name);
        return Promise.resolve(content.get(name) ?? 0);
      }),
    logExceeded: ({ name }) => void logged.push(name),
  });
  const add = (name: string, limitBytes: number): (() => void) =>
    watch.add({ name, limitBytes, onExceeded: (used) => void told.push([name, used]) });
  add('full', 10);
  add('stopped', 9)();
  add('over', 9);
  await waitFor('several looks', () => looked.filter((name) => name === 'full').length > 3);
  t.same(told, [['over', 10]]);
  t.same(logged, ['over']);
  t.equal(looked.filter((name) => name === 'over').length, 1, 'nobody looks at it any more');
  t.notOk(looked.includes('stopped'));
  content.set('full', 11);
  await waitFor('the other one', () => told.length > 1);
  t.same(told.at(-1), ['full', 11]);
});

t.test('what is not watched any more when its use is known is not told', async (t) => {
  const told: string[] = [];
  const stops: (() => void)[] = [];
  let looks = 0;
  const watch = startWatch(t, {
    look: () =>
      Promise.resolve(({ name }) => {
        if (name === 'ends') for (const stop of stops) stop();
        else looks++;
        return Promise.resolve(name === 'ends' ? 2 : 0);
      }),
  });
  for (const name of ['ends', 'stays']) {
    const stop = watch.add({ name, limitBytes: 1, onExceeded: () => void told.push(name) });
    if (name === 'ends') stops.push(stop);
  }
  await waitFor('two looks', () => looks > 1);
  t.same(told, []);
});

t.test('a look that fails is followed by another', async (t) => {
  const { logger, lines } = memoryLogger();
  let looks = 0;
  const told: number[] = [];
  const watch = startWatch(t, {
    logger,
    look: () => (++looks === 1 ? Promise.reject(new Error('no table')) : Promise.resolve(() => Promise.resolve(5))),
  });
  watch.add({ name: 'a', limitBytes: 4, onExceeded: (used) => void told.push(used) });
  await waitFor('the second look', () => told.length > 0);
  t.same(told, [5]);
  t.match(lines, [{ level: 'warn', error: 'no table' }]);
});

t.test('nothing is looked at after the end', async (t) => {
  let looks = 0;
  const watch = startWatch(t, {
    look: () => {
      looks++;
      watch.close();
      return Promise.resolve(() => Promise.resolve(5));
    },
  });
  const told: number[] = [];
  watch.add({ name: 'a', limitBytes: 4, onExceeded: (used) => void told.push(used) });
  await waitFor('the first look', () => looks > 0);
  watch.add({ name: 'b', limitBytes: 4, onExceeded: (used) => void told.push(used) });
  let others = 0;
  const look = (): ReturnType<LimitWatchOptions<Jar>['look']> => Promise.resolve(() => Promise.resolve(++others));
  startWatch(t, { look }).add({ name: 'other', limitBytes: Infinity, onExceeded: () => undefined });
  await waitFor('looks of another watch', () => others > 3);
  t.equal(looks, 1);
  t.same(told, []);
});
