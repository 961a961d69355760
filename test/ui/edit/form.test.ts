import fc from 'fast-check';
import t from 'tap';
import { fieldErrors } from '../../../src/ui/pages/edit/fields.js';
import { fieldText, formOf, typedNumber } from '../../../src/ui/pages/edit/form/form.js';
import type { Form } from '../../../src/ui/pages/edit/form/form.js';
import { canonicalText, equalJson, memberOf, valueAt, withValue } from '../../../src/ui/pages/edit/json-value.js';
import type { Json, JsonObject, Path } from '../../../src/ui/pages/edit/json-value.js';
import { withConstraintPart } from '../../../src/ui/pages/edit/constraints.js';
import { objectOf, pastedRows, repeatedKeys, rowsOf } from '../../../src/ui/pages/edit/key-values.js';
import {
  commandKindOf,
  engineOf,
  withCommandKind,
  withEngine,
  withNetworkMode,
} from '../../../src/ui/pages/edit/networking.js';
import { networkMode, withoutOldForms } from '../../../src/ui/pages/edit/old-forms.js';
import { anyApp } from './support.js';

/** A form of an app, and what it makes of it. */
function open(app: JsonObject): { readonly form: Form; readonly after: () => JsonObject } {
  let now = app;
  const form = formOf(app, { errors: fieldErrors([]), isNew: true, apply: (next) => (now = next) });
  return { form, after: () => now };
}

const fields: readonly Path[] = [
  ['id'],
  ['cpus'],
  ['cmd'],
  ['env', 'NEW'],
  ['labels', 'x1'],
  ['upgradeStrategy', 'minimumHealthCapacity'],
  ['container', 'docker', 'image'],
  ['container', 'volumes', 0, 'mode'],
  ['fetch', 0, 'cache'],
  ['portDefinitions', 0, 'name'],
  ['container', 'portMappings', 0, 'servicePort'],
  ['networks', 0, 'name'],
  ['healthChecks', 0, 'path'],
];

t.test('editing one field changes nothing else that the form shows, or does not know', (t) => {
  fc.assert(
    fc.property(anyApp, fc.constantFrom(...fields), fc.constantFrom('new', 7), (app, path, value) => {
      const { form, after } = open(app);
      form.set(path, value);
      const expected = withValue(withoutOldForms(app), path, value);
      return (
        equalJson(withoutOldForms(after()), expected) &&
        equalJson(memberOf(after(), 'unknownToTheForm'), memberOf(app, 'unknownToTheForm')) &&
        equalJson(
          valueAt(after(), ['container', 'docker', 'unknown']),
          valueAt(app, ['container', 'docker', 'unknown']),
        )
      );
    }),
    { numRuns: 500 },
  );
  t.pass('it does not');
  t.end();
});

t.test('old forms are left as they are until what they are about is edited', (t) => {
  fc.assert(
    fc.property(anyApp, fc.constantFrom(['cpus'], ['labels', 'x'], ['cmd']), (app, path) => {
      const { form, after } = open(app);
      form.set(path, 'new');
      return equalJson(after(), withValue(app, path, 'new'));
    }),
    { numRuns: 200 },
  );
  t.pass('they are');
  t.end();
});

t.test('old forms are shown as what they mean', (t) => {
  t.same(withoutOldForms({ id: '/a', ports: [80, 0], uris: ['http://x/a.tgz', 'http://x/a.sh?b.zip'] }), {
    id: '/a',
    portDefinitions: [{ port: 80 }, { port: 0 }],
    fetch: [
      { uri: 'http://x/a.tgz', extract: true },
      { uri: 'http://x/a.sh?b.zip', extract: false },
    ],
  });
  const bridged = {
    id: '/a',
    cmd: 'x',
    container: {
      type: 'DOCKER',
      docker: { image: 'i', network: 'BRIDGE', portMappings: [{ containerPort: 8080, hostPort: 0 }] },
    },
  };
  t.same(withoutOldForms(bridged), {
    id: '/a',
    cmd: 'x',
    container: { type: 'DOCKER', docker: { image: 'i' }, portMappings: [{ containerPort: 8080, hostPort: 0 }] },
    networks: [{ mode: 'container/bridge' }],
  });
  t.same(
    withoutOldForms({
      id: '/a',
      ipAddress: { networkName: 'n', labels: { a: 'b' }, discovery: { ports: [{ number: 80, name: 'http' }] } },
    }),
    {
      id: '/a',
      container: { type: 'MESOS', portMappings: [{ containerPort: 80, name: 'http' }] },
      networks: [{ mode: 'container', name: 'n', labels: { a: 'b' } }],
    },
  );
  t.equal(canonicalText(withoutOldForms(bridged)), canonicalText(withoutOldForms(withoutOldForms(bridged))));
  const { form, after } = open(bridged);
  form.set(['container', 'portMappings', 0, 'name'], 'http');
  t.same(valueAt(after(), ['container', 'portMappings']), [{ containerPort: 8080, hostPort: 0, name: 'http' }]);
  t.equal(valueAt(after(), ['container', 'docker', 'network']), undefined);
  t.end();
});

t.test('what the form shows has nothing of the old forms, whatever is given', (t) => {
  fc.assert(
    fc.property(anyApp, (app) => {
      const shown = withoutOldForms(app);
      const isNew =
        memberOf(shown, 'ports') === undefined &&
        memberOf(shown, 'ipAddress') === undefined &&
        valueAt(shown, ['container', 'docker', 'network']) === undefined &&
        valueAt(shown, ['container', 'docker', 'portMappings']) === undefined;
      return isNew && equalJson(withoutOldForms(shown), shown) && networkMode(shown) === networkMode(app);
    }),
    { numRuns: 300 },
  );
  t.pass('it has not');
  t.end();
});

t.test('ports move with the network', (t) => {
  const app = { id: '/a', portDefinitions: [{ port: 80, name: 'http', labels: { a: 'b' } }], requirePorts: true };
  const bridged = withNetworkMode(app, 'container/bridge');
  t.same(bridged, {
    id: '/a',
    requirePorts: true,
    networks: [{ mode: 'container/bridge' }],
    container: {
      type: 'MESOS',
      portMappings: [{ containerPort: 0, hostPort: 0, servicePort: 80, name: 'http', labels: { a: 'b' } }],
    },
  });
  t.same(withNetworkMode(bridged, 'host'), {
    id: '/a',
    requirePorts: true,
    networks: [{ mode: 'host' }],
    container: { type: 'MESOS' },
    portDefinitions: [{ port: 80, name: 'http', labels: { a: 'b' } }],
  });
  t.equal(withNetworkMode(app, 'host'), app);
  t.end();
});

t.test('the engine and the command are chosen', (t) => {
  t.equal(engineOf({}), 'none');
  t.equal(engineOf({ container: { docker: { image: 'i' } } }), 'docker');
  t.equal(engineOf({ container: { type: 'MESOS', docker: { image: 'i' } } }), 'mesos');
  t.equal(engineOf({ container: { volumes: [] } }), 'none');
  t.same(withEngine({ id: '/a' }, 'docker'), { id: '/a', container: { type: 'DOCKER', docker: { image: '' } } });
  t.same(withEngine({ id: '/a', container: { type: 'DOCKER', docker: { image: 'i' }, volumes: [] } }, 'none'), {
    id: '/a',
  });
  t.same(withEngine({ container: { docker: { image: 'i' }, portMappings: [{}] } }, 'none'), {
    container: { type: 'MESOS', portMappings: [{}] },
  });
  t.equal(commandKindOf({ args: ['a'] }), 'args');
  t.same(withCommandKind({ cmd: 'a b', cpus: 1 }, 'args'), { cpus: 1, args: ['a b'] });
  t.same(withCommandKind({ args: ['a', 'b'] }, 'cmd'), { cmd: 'a b' });
  t.end();
});

t.test('numbers are numbers as soon as they are, and texts until then', (t) => {
  t.same(['', ' ', '1', '0.', '.5', '1e3', '-2', 'abc', '1,5', '0x10', 'Infinity'].map(typedNumber), [
    undefined,
    undefined,
    1,
    0,
    0.5,
    1000,
    -2,
    'abc',
    '1,5',
    '0x10',
    'Infinity',
  ]);
  t.equal(fieldText({ a: 1 }), '{"a":1}');
  t.end();
});

t.test('names and values keep what is typed', (t) => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.string()), (object) => {
      return equalJson(
        objectOf(rowsOf(object)),
        object['' as string] === '' ? withValue(object, [''], undefined) : object,
      );
    }),
    { numRuns: 200 },
  );
  const rows = [
    { key: 'A', value: '1' },
    { key: '', value: '' },
    { key: 'A', value: '2' },
  ];
  t.same(objectOf(rows), { A: '2' });
  t.same([...repeatedKeys(rows)], ['A']);
  t.same(pastedRows('# no\nexport A=1\nB = "x y" \r\nno line\nC='), [
    { key: 'A', value: '1' },
    { key: 'B', value: 'x y' },
    { key: 'C', value: '' },
  ]);
  t.end();
});

t.test('constraints have the parts that they need', (t) => {
  t.same(withConstraintPart(['rack', 'LIKE', 'a'], 1, 'UNIQUE'), ['rack', 'UNIQUE']);
  t.same(withConstraintPart(['rack', 'UNIQUE'], 1, 'GROUP_BY'), ['rack', 'GROUP_BY']);
  t.same(withConstraintPart(['rack', 'GROUP_BY'], 2, '3'), ['rack', 'GROUP_BY', '3']);
  t.same(withConstraintPart(['rack', 'GROUP_BY', '3'], 2, ''), ['rack', 'GROUP_BY']);
  t.same(
    withConstraintPart(['rack', 'UNIQUE', 'x'], 0, 'zone'),
    ['zone', 'UNIQUE', 'x'],
    'what is wrong stays to be seen',
  );
  t.end();
});

t.test('errors reach the fields of the form', (t) => {
  const errors = fieldErrors([{ path: '/uris(0)', errors: ['wrong'] }]);
  const form = formOf({ uris: ['x'] }, { errors, isNew: false, apply: () => undefined });
  t.same(form.errorsAt(['fetch', 0, 'uri']), ['wrong']);
  t.same(form.errorsAt(['fetch', 1, 'uri']), []);
  t.equal(form.valueAt(['fetch', 0, 'uri']) satisfies Json | undefined, 'x');
  t.end();
});
