import t from 'tap';
import { deploymentOf } from '../../../src/lb/labels/deployment-group.js';
import { sampleApp } from './sample-app.js';

const groupOf = (id: string, group: string): string | undefined => {
  const membership = deploymentOf(sampleApp({ HAPROXY_DEPLOYMENT_GROUP: group }, { id }));
  return membership === undefined ? undefined : 'id' in membership ? membership.id : membership.problem.reason;
};

t.test('an app belongs to the group that its id names, or that stands in its own group', (t) => {
  t.equal(groupOf('/checkout-blue', 'checkout'), '/checkout');
  t.equal(groupOf('/checkout', 'checkout'), '/checkout');
  t.equal(groupOf('/checkout-blue', '/checkout'), '/checkout');
  t.equal(groupOf('/prod/checkout-blue', 'prod/checkout'), '/prod/checkout');
  t.equal(groupOf('/prod/checkout-blue', 'checkout'), '/prod/checkout');
  t.equal(groupOf('/canary/v1', 'canary'), '/canary');
  t.equal(groupOf('/prod/v1', 'site'), '/prod/site');
  t.equal(deploymentOf(sampleApp()), undefined);
  t.end();
});

t.test('and to no other', (t) => {
  t.equal(
    groupOf('/evil', 'victim'),
    'an app of the deployment group "victim" has an id such as /victim-blue, or stands in a group of its own; the app is served by itself',
  );
  for (const [id, group] of [
    ['/evil-blue', 'victim'],
    ['/evil', '/prod/checkout'],
    ['/evil/checkout-blue', '/prod/checkout'],
    ['/evil/x', '../victim'],
    ['/evil/x', '/victim'],
    ['/victimized', 'victim'],
    ['/x', '/'],
    ['/x', '..'],
  ] as const) {
    t.match(groupOf(id, group), /the app is served by itself$/, `${id} ${group}`);
  }
  for (const group of ['', ' ', 'a b', 'Checkout', 'a\n', 'x'.repeat(256), '{nope}']) {
    t.match(groupOf('/checkout-blue', group), /cannot be an id; the app is served by itself$/, JSON.stringify(group));
  }
  t.end();
});
