import t from 'tap';
import { constraintsHold, parseOfferConstraints } from '../../../../src/cluster/master/offer-constraints.js';
import { mesosConstraintsOf } from '../../../../src/scheduler/adapters/mesos/offer-constraints.js';
import type { AgentCondition } from '../../../../src/scheduler/model/offer-constraints.js';

t.test('constraints in the form of Mesos, as the embedded master reads them', async (t) => {
  const domain = { fault_domain: { region: { name: 'eu' }, zone: { name: 'eu-1' } } };
  const attributes = [
    { name: 'rack', type: 'TEXT' as const, text: { value: 'r1' } },
    { name: 'level', type: 'SCALAR' as const, scalar: { value: 3 } },
  ];
  const agent = { id: { value: 'S1' }, hostname: 'h1', resources: [], attributes, domain };
  const holds = (...groups: readonly (readonly AgentCondition[])[]): boolean =>
    constraintsHold(parseOfferConstraints(mesosConstraintsOf({ dev: groups })), 'dev', agent);
  const is = (field: string, value: string): AgentCondition => ({ field, predicate: { type: 'textEquals', value } });
  const no = (field: string, value: string): AgentCondition => ({ field, predicate: { type: 'textNotEquals', value } });
  const exists = (field: string): AgentCondition => ({ field, predicate: { type: 'exists' } });
  for (const field of ['hostname', '@hostname'])
    t.same([holds([is(field, 'h1')]), holds([no(field, 'h1')])], [true, false]);
  t.same([holds([is('@region', 'eu')]), holds([is('@zone', 'eu-2')])], [true, false]);
  t.same([holds([exists('rack')]), holds([exists('toString')])], [true, false]);
  t.ok(holds([is('rack', 'r2')], [is('rack', 'r1')]), 'one group is enough');
  t.notOk(holds([is('rack', 'r1'), no('hostname', 'h1')]), 'of each group all');
  t.ok(holds([is('level', 'x')]), 'what is no text is for the scheduler to judge');
  const like = (type: 'textMatches' | 'textNotMatches', regex: string): boolean =>
    holds([{ field: 'rack', predicate: { type, regex } }]);
  t.same([like('textMatches', 'r.'), like('textMatches', 'r'), like('textNotMatches', 'r.')], [true, false, false]);
});
