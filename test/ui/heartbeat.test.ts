import t from 'tap';
import { Heartbeat, maxSilenceMs } from '../../src/ui/live/heartbeat.js';

t.test('a connection is lost after long silence, and not before', (t) => {
  const heartbeat = new Heartbeat(1_000);
  t.equal(heartbeat.isLost(1_000 + maxSilenceMs), false);
  t.equal(heartbeat.isLost(1_001 + maxSilenceMs), true);
  heartbeat.heard(20_000);
  t.equal(heartbeat.isLost(20_000 + maxSilenceMs), false);
  // The machine slept meanwhile
  t.equal(heartbeat.isLost(3_600_000), true);
  t.end();
});
