import t from 'tap';
import type { ChangePlan, PlannedChange } from '../../../src/ui/api/plan.js';
import { differenceText } from '../../../src/ui/pages/plan/difference-text.js';
import {
  actionText,
  effectText,
  haproxyText,
  isEmptyPlan,
  placementText,
  planWarnings,
  refusalText,
} from '../../../src/ui/pages/plan/plan-words.js';
import { changeWords } from '../../../src/ui/pages/app/configuration/change-words.js';
import { definitionSections } from '../../../src/ui/pages/app/configuration/definition-sections.js';

const placement = { wanted: 3, placed: 1, missing: 2, untried: 0, agents: [], refusingAgents: 0, refusing: [] };
const change: PlannedChange = {
  app: '/a',
  effect: 'scale',
  summary: '',
  instances: { from: 1, to: 3, running: 1 },
  differences: [{ path: '/instances', from: 1, to: 3 }],
};
const quiet: ChangePlan = {
  changes: [],
  groups: [],
  steps: [],
  conflicts: { deployments: [] },
  agents: { known: true, count: 1 },
};

t.test('a plan is said in words', (t) => {
  t.equal(actionText({ action: 'RestartApplication', app: '/a' }), 'replace the instances of /a');
  t.equal(actionText({ action: 'Unheard', pod: '/p' }), 'Unheard /p');
  t.equal(
    placementText(placement),
    'There is a place for 1 of 3 new instances with what is free now; 2 cannot be placed.',
  );
  t.equal(
    placementText({ ...placement, placed: 3, missing: 0 }),
    'There is a place for all 3 new instances with what is free now.',
  );
  t.match(placementText({ ...placement, untried: 2 }), /for 2 it was not tried/);
  t.equal(
    refusalText({ reason: 'InsufficientCpus', needed: '4 cpus', had: '1 cpus' }),
    'needs 4 cpus, has 1 cpus (InsufficientCpus)',
  );
  t.equal(effectText(change), 'scale');
  t.equal(effectText({ ...change, instances: { from: 1, to: 1, running: 1 } }), 'change without a restart');
  t.end();
});

t.test('what should be known first is told', (t) => {
  t.same(planWarnings(quiet), []);
  t.equal(isEmptyPlan(quiet), true);
  t.equal(isEmptyPlan({ ...quiet, changes: [change] }), false);
  const warnings = planWarnings({
    ...quiet,
    changes: [
      { ...change, placement },
      { ...change, app: '/gone', effect: 'delete' },
    ],
    conflicts: { deployments: [{ id: 'd' }], deploymentLimit: 5 },
    agents: { known: false, reason: 'no master' },
  });
  t.match(warnings, [
    /\/gone/,
    /1 deployment is in the way/,
    /\(5, --max_running/,
    /no master/,
    /2 of 3 new instances of \/a/,
  ]);
  t.end();
});

t.test('what HAProxy would do is said shortly', (t) => {
  const preview = {
    text: '',
    accepted: true,
    refusals: [],
    checked: true,
    diff: null,
    maps: [],
    routes: [],
    totalRoutes: 0,
    shadows: [],
    totalShadows: 0,
    reports: { added: [], solved: [] },
  };
  t.equal(haproxyText({ ...preview, plan: { kind: 'nothing' } }), 'no change');
  t.equal(
    haproxyText({ ...preview, plan: { kind: 'runtime', changes: [], total: 2 } }),
    '2 changes at run time, no reload',
  );
  t.equal(haproxyText({ ...preview, plan: { kind: 'reload', reasons: [] } }), 'reload');
  t.equal(haproxyText({ ...preview, plan: null }), 'it would not come so far');
  t.end();
});

t.test('a difference does not tell secrets', (t) => {
  t.same(differenceText({ path: '/labels/a~1b', from: 'x', to: 'y' }), { name: 'labels.a/b', from: 'x', to: 'y' });
  t.same(differenceText({ path: '/env/TOKEN', from: 'x', to: 'y' }), {
    name: 'env.TOKEN',
    from: '••••••',
    to: '•••••• (another)',
  });
  t.same(differenceText({ path: '/env', to: { TOKEN: 'x', A: 'b' } }), {
    name: 'env',
    from: undefined,
    to: '{"TOKEN":"••••••","A":"b"}',
  });
  t.match(differenceText({ path: '/cmd', to: 'x'.repeat(1_000) }).to, /x …$/);
  t.end();
});

t.test('what a version has changed is said in a few words', (t) => {
  t.equal(
    changeWords(
      { instances: 1, env: { A: '1', B: 's' }, cmd: 'x' },
      { instances: 2, env: { A: '2', B: 's' }, labels: {} },
    ),
    'instances 1 → 2; env (A); cmd removed; labels added',
  );
  t.equal(changeWords({ a: 1, b: 1, c: 1, d: 1, e: 1 }, {}), 'a removed; b removed; c removed; d removed; and 1 more');
  t.equal(changeWords({ a: [1] }, { a: [1] }), 'nothing: the same again');
  t.end();
});

t.test('a definition is read by the tabs of the form, and nothing of it is left out', (t) => {
  const app = {
    id: '/a',
    cmd: 'x',
    cpus: 1,
    portDefinitions: [{ port: 10_000, name: 'http', protocol: 'tcp' }],
    env: { A: 'b', S: { secret: 'one' } },
    healthChecks: [{ protocol: 'HTTP', path: '/up', portIndex: 0, maxConsecutiveFailures: 0 }],
    container: { type: 'MESOS', volumes: [{ containerPath: 'd', mode: 'RW', persistent: { size: 10 } }] },
    constraints: [['hostname', 'UNIQUE']],
    somethingNew: { x: 1 },
  };
  const sections = new Map(definitionSections(app).map(({ title, rows }) => [title, rows]));
  t.same(
    [...sections.keys()],
    ['General', 'Docker', 'Ports', 'Environment', 'Health checks', 'Volumes', 'Constraints', 'Optional'],
  );
  t.match(sections.get('Ports'), [{ name: '$PORT0 http', text: 'service port 10000, tcp' }]);
  t.match(sections.get('Environment'), [{ text: 'b' }, { text: 'the secret one' }]);
  t.match(sections.get('Health checks'), [{ text: /^\/up on port index 0; every 60 s.*never killed/ }]);
  t.match(sections.get('Volumes'), [{ name: 'd', text: 'persistent, 10 MiB, root, RW' }]);
  t.match(sections.get('Optional'), [{ name: 'somethingNew' }]);
  const pod = new Map(
    definitionSections({
      id: '/p',
      containers: [
        {
          name: 'c',
          exec: { command: { shell: 'run' } },
          resources: { cpus: 1, mem: 32 },
          environment: { B: 'c' },
          x: [],
        },
      ],
      scaling: { kind: 'fixed', instances: 2 },
      environment: { A: 'b' },
      scheduling: {},
    }).map(({ title, rows }) => [title, rows]),
  );
  t.same([...pod.keys()], ['General', 'Container c', 'Environment', 'Optional']);
  t.match(pod.get('General'), [{ name: 'Id' }, { name: 'Instances', text: '2' }]);
  t.match(pod.get('Container c'), [
    { name: 'Command', text: 'run' },
    { name: 'CPUs', text: '1' },
    { name: 'Memory', text: '32 MiB' },
    { name: 'B', text: 'c' },
    { name: 'x', text: '[]' },
  ]);
  t.match(pod.get('Optional'), [{ name: 'scheduling' }]);
  t.end();
});
