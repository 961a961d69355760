import t from 'tap';
import type { OverviewDeployment } from '../../../src/ui/api/overview.js';
import { deploymentWaits } from '../../../src/ui/pages/applications/deployment-waits.js';

t.test('what deployments wait for is known by app', (t) => {
  const action = (app: string, waitsFor: string | null): OverviewDeployment['currentActions'][number] => ({
    action: 'ScaleApplication',
    app,
    done: 0,
    wanted: 1,
    waitsFor,
  });
  const deployment: OverviewDeployment = {
    id: 'd',
    version: 'v',
    startedAt: null,
    affectedApps: ['/a', '/b'],
    currentStep: 1,
    totalSteps: 1,
    steps: [],
    currentActions: [action('/a', '0 of 2 instances of /a are healthy'), action('/b', null)],
  };
  t.same([...deploymentWaits([deployment])], [['/a', '0 of 2 instances are healthy']]);
  t.end();
});
