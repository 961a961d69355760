import t from 'tap';
import { createFakeChecker } from '../../support/fake-checker.js';
import { checkerSuite } from './checker-suite.js';

checkerSuite(t, async () => {
  const checker = createFakeChecker();
  return {
    checker,
    host: 'agent1',
    port: 31000,
    setHealthy(healthy) {
      checker.verdict = () =>
        healthy ? { result: 'healthy' } : { result: 'unhealthy', cause: '503 Service Unavailable' };
    },
    run: () => checker.run(),
  };
});
