import fc from 'fast-check';
import t from 'tap';
import { canonicalText, equalJson, valueAt, withValue } from '../../../src/ui/pages/edit/json-value.js';
import type { Json, Path } from '../../../src/ui/pages/edit/json-value.js';
import { anyJson } from './support.js';

t.test('what is at a place is read and set', (t) => {
  const app = { id: '/web', ports: [{ port: 1 }, { port: 2, name: 'x' }] };
  t.equal(valueAt(app, ['ports', 1, 'name']), 'x');
  t.equal(valueAt(app, ['ports', 2, 'name']), undefined);
  t.equal(valueAt(app, ['toString']), undefined);
  t.same(withValue(app, ['ports', 0, 'name'], 'y'), { id: '/web', ports: [{ port: 1, name: 'y' }, app.ports[1]] });
  t.same(withValue(app, ['ports', 0], undefined), { id: '/web', ports: [app.ports[1]] });
  t.same(withValue(app, ['ports', 7], 3), { id: '/web', ports: [...app.ports, 3] });
  t.same(withValue({}, ['a', 'b', 0, 'c'], 1), { a: { b: [{ c: 1 }] } });
  t.same(withValue({ a: 'disabled' }, ['a', 'b'], 1), { a: { b: 1 } });
  t.equal(withValue(app, ['upgradeStrategy', 'x'], undefined), app, 'nothing is made to take nothing away');
  const odd = withValue({}, ['__proto__'], 'x');
  t.same(Object.keys(odd as object), ['__proto__']);
  t.equal(valueAt(odd, ['__proto__']), 'x');
  t.end();
});

function* pathsOf(value: Json, path: Path = []): Iterable<Path> {
  yield path;
  if (typeof value !== 'object' || value === null) return;
  for (const [name, member] of Object.entries(value)) {
    yield* pathsOf(member, [...path, Array.isArray(value) ? Number(name) : name]);
  }
}

t.test('setting one place changes nothing else', (t) => {
  fc.assert(
    fc.property(anyJson, fc.nat(), fc.oneof(fc.string(), fc.nat()), (value, choice, next) => {
      const paths = [...pathsOf(value)];
      const path = paths[choice % paths.length] ?? [];
      const changed = withValue(value, path, next);
      const isElsewhere = (other: Path): boolean =>
        !path.every((part, index) => other[index] === part) && !other.every((part, index) => path[index] === part);
      return (
        equalJson(valueAt(changed, path), next) &&
        paths.filter(isElsewhere).every((other) => valueAt(changed, other) === valueAt(value, other)) &&
        equalJson(withValue(changed, path, valueAt(value, path)), value)
      );
    }),
    { numRuns: 300 },
  );
  t.pass('it does not');
  t.end();
});

t.test('equal values have the same canonical text, in whatever order their members are', (t) => {
  t.equal(canonicalText({ b: 1, id: 'x', a: [{ d: 1, c: 2 }] }), canonicalText({ a: [{ c: 2, d: 1 }], b: 1, id: 'x' }));
  t.match(canonicalText({ b: 1, id: 'x' }), /^\{\n {2}"id"/);
  fc.assert(
    fc.property(anyJson, anyJson, (a, b) => equalJson(a, b) === (canonicalText(a) === canonicalText(b))),
    { numRuns: 200 },
  );
  t.end();
});
