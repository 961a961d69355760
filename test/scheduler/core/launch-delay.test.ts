import t from 'tap';
import {
  delayAfterFailure,
  delayAfterLaunch,
  remainingDelayMs,
} from '../../../src/scheduler/core/recovery/launch-delay.js';
import { anApp } from '../../support/scheduler-fixtures.js';

const app = anApp({ backoffSeconds: 2, backoffFactor: 3, maxLaunchDelaySeconds: 20 });

t.test('grows by the factor up to the limit', async (t) => {
  const delays: (number | undefined)[] = [];
  let delay = delayAfterFailure(app, undefined, 0);
  for (let i = 0; i < 4; i++) {
    delays.push(delay?.delayMs);
    delay = delayAfterFailure(app, delay, 1000 * i);
  }
  t.same(delays, [2000, 6000, 18000, 20000]);
});

t.test('is forgotten after a long time without failures, and by a new configuration', async (t) => {
  const first = delayAfterFailure(app, undefined, 0);
  t.equal(remainingDelayMs(app, first, 500), 1500);
  t.equal(remainingDelayMs(app, first, 2000), 0);
  t.equal(delayAfterFailure(app, first, 29_999)?.delayMs, 6000);
  t.equal(delayAfterFailure(app, first, 30_000)?.delayMs, 2000, 'anew');
  const version = '2027-01-01T00:00:00.000Z';
  const changed = anApp({ ...app, version, versionInfo: { lastScalingAt: version, lastConfigChangeAt: version } });
  t.equal(remainingDelayMs(changed, first, 500), 0);
  t.equal(delayAfterFailure(changed, delayAfterFailure(app, first, 100), 200)?.delayMs, 2000);
});

t.test('backoffSeconds 0 is no delay', async (t) => {
  t.equal(delayAfterFailure(anApp({ backoffSeconds: 0 }), undefined, 0), undefined);
});

t.test('a launch lets the same delay count anew, if it is known', async (t) => {
  const delay = delayAfterFailure(app, undefined, 0);
  t.match(delayAfterLaunch(app, delay, 5_000), { delayMs: 2000, untilMs: 7_000, forgetAtMs: 35_000 });
  t.equal(delayAfterLaunch(app, undefined, 5_000), undefined);
  t.equal(delayAfterLaunch(app, delay, 30_000), undefined, 'forgotten');
  const version = '2027-01-01T00:00:00.000Z';
  const changed = anApp({ ...app, version, versionInfo: { lastScalingAt: version, lastConfigChangeAt: version } });
  t.equal(delayAfterLaunch(changed, delay, 1_000), undefined, 'another configuration');
});
